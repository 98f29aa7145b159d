//! Which contents of the mounted Secrets the pods were made for: pods are rolled when the content of a mounted key changes,
//! and by nothing else that happens to a Secret or to the operator's rights over it. Kept in an annotation of the Deployment.
//! Must not: see a value; contents are known by fingerprints alone.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use stockbot_config::fingerprint;

use super::{
    fetch::{Fetched, Pod},
    mounted::Mounted,
};
use crate::{api::annotation::Annotation, cluster::secrets::SecretState};

/// Where the kubelet's word is kept: what a pod says that is mounted now, while the operator may not read it.
const KUBELET: &str = "mounted";
/// What pods were made for whose Secret the operator could not read.
const UNREAD: &str = "unread";

/// What is known of each file, by its name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecretMarks {
    /// What the pods were made for. Stays as it is until the content is seen to change.
    rolled: BTreeMap<String, String>,
    /// The content seen last.
    seen: BTreeMap<String, String>,
}

impl Annotation for SecretMarks {}

impl SecretMarks {
    /// The marks for a bot as it was fetched. What its pods say counts only where the operator may not look itself.
    #[must_use]
    pub fn of_bot(mounted: &[Mounted], fetched: &Fetched) -> Self {
        let state = |file: &Mounted| fetched.secrets.get(&file.secret).map(|state| &**state);
        let content = |file: &Mounted| match state(file) {
            Some(SecretState::Present { keys, .. }) => keys.get(&file.key).map(|shape| shape.content.clone()),
            _ => None,
        };
        let said = |pod: &Pod| pod.report.as_ref()?.status.as_ref()?.secrets_changed.clone();
        let told = fetched.pods.iter().filter(|pod| fetched.hidden && !pod.state.deleting).find_map(said);
        let before = fetched.deployment.as_ref().and_then(|live| Self::parse(live.secret_marks.as_deref()?));
        Self::next(before.as_ref(), mounted.iter().map(|file| (file.file, content(file))), told)
    }

    /// The marks for the files as they are `now`: name, and fingerprint of the content if it can be read. `told` is what a pod
    /// says that it has mounted now, if that is not what it started with.
    fn next<'a>(
        before: Option<&Self>,
        now: impl Iterator<Item = (&'a str, Option<String>)>,
        told: Option<String>,
    ) -> Self {
        let mut marks = Self::default();
        let known = |file: &str| before.and_then(|before| before.rolled.get(file)).cloned();
        for (file, content) in now {
            let seen = before.and_then(|before| before.seen.get(file)).cloned();
            let changed = content.clone().filter(|content| seen.as_ref().is_some_and(|seen| seen != content));
            let fresh = || content.clone().unwrap_or_else(|| UNREAD.into());
            marks.rolled.insert(file.into(), changed.or_else(|| known(file)).unwrap_or_else(fresh));
            marks.seen.extend(content.or(seen).map(|content| (file.to_owned(), content)));
        }
        marks.rolled.extend(told.or_else(|| known(KUBELET)).map(|word| (KUBELET.to_owned(), word)));
        marks
    }

    /// Fingerprint of what the pods are made for.
    #[must_use]
    pub fn all(&self) -> String {
        fingerprint(&self.rolled)
    }

    /// What the pods are made for as for one file.
    #[must_use]
    pub fn of(&self, file: &str) -> Option<&str> {
        self.rolled.get(file).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(
        before: Option<&SecretMarks>,
        token: Option<&str>,
        url: Option<&str>,
        told: Option<&str>,
    ) -> SecretMarks {
        let files = [("token", token), ("database-url", url)];
        let files = files.into_iter().map(|(file, content)| (file, content.map(str::to_owned)));
        SecretMarks::next(before, files, told.map(str::to_owned))
    }

    #[test]
    fn only_a_content_that_is_seen_to_change_makes_other_pods() {
        let first = next(None, Some("a"), Some("b"), None);
        assert_eq!(next(Some(&first), Some("a"), Some("b"), None), first);
        let rotated = next(Some(&first), Some("a"), Some("c"), None);
        assert_ne!(rotated.all(), first.all());
        assert_eq!(rotated.of("token"), first.of("token"), "the token is the same");
        let back = next(Some(&rotated), Some("a"), Some("b"), None);
        assert_eq!(back.all(), first.all(), "the pods of then had the same");
    }

    #[test]
    fn rights_that_come_and_go_make_no_other_pods_but_what_changes_under_them_does() {
        let blind = next(None, None, None, None);
        let granted = next(Some(&blind), Some("a"), Some("b"), None);
        assert_eq!(granted.all(), blind.all());
        assert_ne!(next(Some(&granted), Some("z"), Some("b"), None).all(), blind.all());
        let withdrawn = next(Some(&granted), None, None, None);
        assert_eq!(withdrawn, granted);
        assert_ne!(next(Some(&withdrawn), Some("z"), Some("b"), None).all(), granted.all());
    }

    #[test]
    fn the_kubelets_word_makes_other_pods_once() {
        let blind = next(None, None, None, None);
        let told = next(Some(&blind), None, None, Some("x"));
        assert_ne!(told.all(), blind.all());
        assert_eq!(next(Some(&told), None, None, None), told, "the new pods have nothing to tell");
        assert_eq!(next(Some(&told), Some("a"), Some("b"), None).all(), told.all(), "rights are granted");
    }

    #[test]
    fn the_annotation_survives_and_holds_no_more_than_fingerprints() {
        let marks = next(None, Some("a"), None, Some("x"));
        assert_eq!(SecretMarks::parse(&marks.annotation().unwrap()), Some(marks));
        assert_eq!(SecretMarks::parse("{}"), None);
    }
}
