//! The numbers of what stands on a page: what has one keeps it while one is there.
//!
//! Owns that a form whose fields come and go with its answers never moves a number that somebody has
//! heard. Rows alone are counted as they stand. Must not know what a number does.

use crate::tui::page::Stop;

/// The numbers that were given out on a page.
#[derive(Debug, Clone, Default)]
pub(super) struct Numbers {
    page: String,
    /// What has them, from 1 on.
    known: Vec<String>,
}

impl Numbers {
    /// The numbers of the stops of the page under this title.
    pub fn of(&mut self, page: &str, stops: &[Stop]) -> Vec<usize> {
        if self.page != page {
            *self = Self { page: page.to_owned(), known: Vec::new() };
        }
        if stops.iter().all(|stop| matches!(stop, Stop::Row(..) | Stop::Value(_))) {
            self.known.clear();
            return (1..=stops.len()).collect();
        }
        stops.iter().map(|stop| self.number(name(stop))).collect()
    }

    fn number(&mut self, name: String) -> usize {
        if let Some(at) = self.known.iter().position(|known| *known == name) {
            return at + 1;
        }
        self.known.push(name);
        self.known.len()
    }
}

/// What a stop goes by on its page.
pub(super) fn name(stop: &Stop) -> String {
    match stop {
        Stop::Field(spec) => format!("field {}", spec.key),
        Stop::Pick(spec) => format!("field {}", spec.field.key),
        Stop::Option(list, option) => format!("option {list} {}", option.id),
        Stop::Tick(list, row) => format!("tick {list} {}", row.id),
        Stop::Row(list, id) => format!("row {list} {id}"),
        Stop::Value(value) => format!("value {value}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::page::ChoiceOption;

    fn option(id: &str) -> Stop {
        let option = ChoiceOption {
            id: id.to_owned(),
            label: id.to_owned(),
            detail: String::new(),
            disabled: None,
        };
        Stop::Option("days", option)
    }

    #[test]
    fn what_comes_between_moves_no_number_that_was_heard() {
        let mut numbers = Numbers::default();
        assert_eq!(numbers.of("services", &[option("30"), option("60")]), [1, 2]);
        assert_eq!(numbers.of("services", &[option("0"), option("30"), option("60")]), [3, 1, 2]);
        assert_eq!(numbers.of("services", &[option("60")]), [2]);
        assert_eq!(numbers.of("review", &[option("60")]), [1]);
        let row = |id: &str| Stop::Row("rows", id.to_owned());
        assert_eq!(numbers.of("people", &[row("20"), row("21")]), [1, 2]);
    }
}
