//! Which products a display lists, in which order. Pure.

use std::cmp::{Ordering, Reverse};

use stockbot_config::{Products, Sort};
use stockbot_store::Product;

use crate::cards::natural;

/// The products of a display, in order. Featured ones come first: those the display names, then those of the shop.
#[must_use]
pub fn select<'a>(products: &'a [Product], wanted: &Products) -> Vec<&'a Product> {
    let named = |list: &[String], value: &str| list.iter().any(|entry| entry.eq_ignore_ascii_case(value));
    let mut listed: Vec<&Product> = products
        .iter()
        .filter(|product| product.active)
        .filter(|product| wanted.categories.is_empty() || named(&wanted.categories, &product.category))
        .filter(|product| wanted.show.is_empty() || named(&wanted.show, &product.code))
        .filter(|product| !named(&wanted.hide, &product.code))
        .collect();
    let rank = |product: &Product| rank(product, wanted);
    listed.sort_by(|a, b| {
        rank(a).cmp(&rank(b)).then_with(|| order(wanted.sort, a, b)).then_with(|| natural(&a.code, &b.code))
    });
    listed
}

/// Featured ones have a lower rank.
#[must_use]
pub fn rank(product: &Product, wanted: &Products) -> (usize, bool) {
    let place = wanted.feature.iter().position(|code| code.eq_ignore_ascii_case(&product.code));
    (place.unwrap_or(usize::MAX), !product.featured)
}

fn order(sort: Sort, a: &Product, b: &Product) -> Ordering {
    match sort {
        Sort::Name => natural(&a.name, &b.name),
        Sort::Code => natural(&a.code, &b.code),
        Sort::Price => a.price.cmp(&b.price),
        Sort::Stock => Reverse(a.available).cmp(&Reverse(b.available)),
        Sort::Manual => a.position.cmp(&b.position),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cards::sample;

    fn codes(products: &[Product], wanted: &Products) -> String {
        select(products, wanted).iter().map(|product| product.code.as_str()).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn settings_choose_and_order() {
        let mut products = vec![
            sample("A", "x", 30, 1),
            sample("B", "y", 10, 9),
            sample("C", "x", 20, 5),
            sample("D", "y", 5, 0),
        ];
        products[3].active = false;
        let all = Products::default();
        for (wanted, shown) in [
            (all.clone(), "A B C"),
            (Products { sort: Sort::Price, ..all.clone() }, "B C A"),
            (Products { sort: Sort::Stock, ..all.clone() }, "B C A"),
            (Products { categories: vec!["X".into()], ..all.clone() }, "A C"),
            (Products { show: vec!["b".into(), "c".into()], ..all.clone() }, "B C"),
            (Products { hide: vec!["b".into()], ..all.clone() }, "A C"),
            (Products { feature: vec!["C".into(), "B".into()], ..all.clone() }, "C B A"),
        ] {
            assert_eq!(codes(&products, &wanted), shown, "{wanted:?}");
        }
    }
}
