//! What went wrong with a request, as a person reads it: `kube`'s own errors show their innards.

use kube::Error;

use super::deadline::Late;

/// The error in words.
#[must_use]
pub fn words(error: &Error) -> String {
    match error {
        Error::Api(status) if status.message.is_empty() => format!("{} ({})", status.reason, status.code),
        Error::Api(status) => status.message.clone(),
        Error::Service(error) if error.is::<Late>() => error.to_string(),
        Error::Service(_) | Error::HyperError(_) | Error::HttpError(_) => {
            "the API server cannot be reached".into()
        }
        Error::SerdeError(_) => "the API server's answer is not understood".into(),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kube::core::Status;

    #[test]
    fn the_api_servers_words_are_told_and_nothing_else() {
        let status = Status::failure("quota exceeded", "Forbidden").with_code(403);
        assert_eq!(words(&Error::Api(Box::new(status))), "quota exceeded");
        let silent = Status::failure("", "InternalError").with_code(500);
        assert_eq!(words(&Error::Api(Box::new(silent))), "InternalError (500)");
        let refused = std::io::Error::other("connection refused (os error 111)");
        assert_eq!(words(&Error::Service(refused.into())), "the API server cannot be reached");
    }
}
