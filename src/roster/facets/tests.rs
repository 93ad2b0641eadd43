//! Facets: the counts, the sets behind them, and the filters they write.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::domain::facts::Facts;
use crate::roster::{Query, RowIn, Search};

const METHOD: LinkingMethod = LinkingMethod::VerifyNow;

fn columns(rows: &[(usize, usize, usize, u16)]) -> Columns {
    let domains = ["acme.example", "ACME.example", "gmail.com", "nowhere", "Bücher.example"];
    let departments = ["Sales", "SALES ", "North \"Sales\"", "", " ", "a,b: c"];
    let mut columns = Columns::new();
    for (domain, department, state, facts) in rows {
        columns.push(&RowIn {
            user_id: "u",
            name: "n",
            address: &format!("x@{}", domains[domain % domains.len()]),
            department: departments[department % departments.len()],
            state: UserState::ALL[state % 8],
            facts: Facts::from_code(*facts),
        });
    }
    columns
}

proptest! {
    #[test]
    fn section_5_a_facet_counts_ticks_and_filters_the_same_users(
        rows in proptest::collection::vec((0usize..5, 0usize..6, 0usize..8, any::<u16>()), 0..150),
        some in any::<u64>(),
    ) {
        let columns = Arc::new(columns(&rows));
        let everyone = Bitmap::full(columns.len());
        let within: Bitmap = (0..columns.len()).filter(|row| some >> (row % 61) & 1 == 1).collect();
        for facet in Facet::ALL {
            let all = facet.count(&columns, &everyone, Some(METHOD));
            prop_assert_eq!(all.iter().map(|row| row.count).sum::<usize>(), rows.len());
            prop_assert!(all.windows(2).all(|pair| pair[0].count >= pair[1].count));
            for FacetRow { key, count } in all {
                let rows = key.rows(&columns, Some(METHOD));
                prop_assert_eq!(rows.count(), count);
                let query = Query::parse(&key.term(&columns)).unwrap();
                let found = Search::new(Arc::clone(&columns), query, Some(METHOD), &within).run();
                prop_assert_eq!(found, rows);
            }
            for FacetRow { key, count } in facet.count(&columns, &within, Some(METHOD)) {
                prop_assert_eq!(key.rows(&columns, Some(METHOD)).count_both(&within), count);
            }
        }
    }
}

#[test]
fn section_5_spellings_that_fold_alike_are_one_department() {
    let columns = columns(&[(0, 0, 0, 0), (0, 1, 0, 0), (1, 3, 0, 0), (3, 4, 0, 0)]);
    let all = Bitmap::full(4);
    let shown = |facet: Facet| -> Vec<(String, usize)> {
        let rows = facet.count(&columns, &all, None);
        let shown = |row: FacetRow| (row.key.label(&columns).shown().to_string(), row.count);
        rows.into_iter().map(shown).collect()
    };
    let pair = |text: &str, count| (text.to_owned(), count);
    assert_eq!(shown(Facet::Department), [pair("no department", 2), pair("Sales", 2)]);
    assert_eq!(shown(Facet::Domain), [pair("acme.example", 3), pair("no usable address", 1)]);
    assert_eq!(shown(Facet::Status)[0], pair("unlinked", 4));
    assert_eq!(shown(Facet::Status).len(), 8);
    assert!(shown(Facet::Outcome).is_empty());
}
