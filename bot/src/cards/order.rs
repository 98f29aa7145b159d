//! The order in which products and their categories are listed, wherever people read them. Pure.

use std::{cmp::Ordering, collections::BTreeMap};

use stockbot_store::Product;

/// As people count and read: "Level 4" before "Level 12", capitals or not.
#[must_use]
pub fn natural(a: &str, b: &str) -> Ordering {
    let folded = |text: &str| text.trim().to_lowercase();
    alphanumeric_sort::compare_str(folded(a), folded(b)).then_with(|| a.cmp(b))
}

/// Products under their categories, those without one last. Categories that differ in capitals are one, called as its first product
/// says; products keep their order. Categories stand in natural order, but `first` lets some go before.
#[must_use]
pub fn by_category<'a, K: Ord>(
    products: impl IntoIterator<Item = &'a Product>,
    first: impl Fn(&Product) -> K,
) -> Vec<(&'a str, Vec<&'a Product>)> {
    let mut groups: BTreeMap<String, Vec<&Product>> = BTreeMap::new();
    for product in products {
        groups.entry(product.category.trim().to_lowercase()).or_default().push(product);
    }
    let placed = |group: Vec<&'a Product>| {
        let place = group.iter().map(|product| first(product)).min();
        (place, group[0].category.trim(), group)
    };
    let mut groups: Vec<_> = groups.into_values().map(placed).collect();
    groups.sort_by(|(place, name, _), (other_place, other, _)| {
        let last = |name: &str| name.is_empty();
        place.cmp(other_place).then(last(name).cmp(&last(other))).then_with(|| natural(name, other))
    });
    groups.into_iter().map(|(_, name, group)| (name, group)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cards::sample;

    #[test]
    fn numbers_count_and_capitals_do_not() {
        let mut names = ["Level 12", "level 4", "Level 4b", "apple", "Banana", "10 Gems", "9 Gems"];
        names.sort_by(|a, b| natural(a, b));
        assert_eq!(names, ["9 Gems", "10 Gems", "apple", "Banana", "level 4", "Level 4b", "Level 12"]);
    }

    #[test]
    fn a_category_is_one_however_it_is_written_and_what_has_none_comes_last() {
        let products = [
            sample("A", "", 1, 1),
            sample("B", "Kosmetik", 1, 1),
            sample("C", "level 10", 1, 1),
            sample("D", "KOSMETIK ", 1, 1),
            sample("E", "Level 9", 1, 1),
        ];
        let told: Vec<(&str, Vec<&str>)> = by_category(&products, |_| ())
            .into_iter()
            .map(|(name, group)| (name, group.into_iter().map(|product| product.code.as_str()).collect()))
            .collect();
        let wanted =
            [("Kosmetik", vec!["B", "D"]), ("Level 9", vec!["E"]), ("level 10", vec!["C"]), ("", vec!["A"])];
        assert_eq!(told, wanted);
        let before = by_category(&products, |product| product.code != "A");
        assert_eq!(before[0].0, "", "unless something puts it first");
    }
}
