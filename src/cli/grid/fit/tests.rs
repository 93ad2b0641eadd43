//! Columns give way by their rank, and what must be whole is never cut.

use super::*;

#[test]
fn what_is_copied_from_a_table_stays_whole_and_the_seldom_goes_first() {
    let names = ["id", "name", "kind", "services", "reason"];
    let widths = [30, 30, 8, 40, 50];
    let least = [30, 14, 8, 14, 14];
    let at = |most| {
        let fit = fit(&names, &widths, &least, most);
        let shown: Vec<&str> = fit.shown.iter().map(|at| names[*at]).collect();
        (shown.join(" "), fit.widths)
    };
    assert_eq!(at(200), ("id name kind services reason".to_owned(), widths.to_vec()));
    assert_eq!(at(130).0, "id name kind reason");
    let (shown, fitted) = at(80);
    assert_eq!(shown, "id name kind reason");
    assert_eq!((fitted[0], fitted.iter().sum::<usize>() + 3 * GAP), (30, 80));
    assert_eq!(at(60).0, "id name kind");
    assert_eq!(at(20), ("id name".to_owned(), vec![30, 14]), "rather too long than cut");
}
