//! Who the people of the demo's sites are, as far as its feed has it (rule L9).

use super::days::Office;
use crate::demo::world::random::Random;
use crate::domain::insights::people::FedPerson;
use crate::domain::untrusted::Untrusted;

const TITLES: [&str; 8] = [
    "Product designer",
    "Field engineer",
    "Account manager",
    "Head of support",
    "Test engineer",
    "Office manager",
    "Data analyst",
    "Purchaser",
];
const BEFORE: [&str; 5] =
    ["Larkspur Works", "Tidewater Labs", "Harrow & Pike", "Northfold", "Quarry Lane Studio"];
/// The year of the demo's world.
const YEAR: usize = 2026;

/// Two in three of those who meet; the feed knows nothing of the others.
pub fn of(office: &Office) -> Vec<FedPerson> {
    let mut random = Random::new(office.seed, &format!("{} people", office.site));
    let company = company(&office.site);
    let known = office.people.iter().enumerate().filter(|(n, _)| n % 3 != 2);
    known
        .map(|(n, person)| {
            let mut history = Vec::new();
            let mut until = YEAR;
            for station in 0..random.below(4) {
                let from = until - 1 - random.below(5);
                let (title, firm) = (TITLES[random.below(TITLES.len())], BEFORE[random.below(5)]);
                let firm = if station == 0 { company.as_str() } else { firm };
                history.push(Untrusted::new(format!("{from}–{until} {title}, {firm}")));
                until = from;
            }
            let local = person.address.split('@').next().unwrap_or_default();
            let plain: String = local.chars().filter(char::is_ascii_alphanumeric).collect();
            let link = || Untrusted::new(format!("https://people.example/{plain}"));
            FedPerson {
                address: person.address.as_str().into(),
                name: person.name.as_str().into(),
                title: TITLES[random.below(TITLES.len())].into(),
                company: company.as_str().into(),
                history,
                links: (n % 2 == 0).then(link).into_iter().collect(),
            }
        })
        .collect()
}

/// The company's name, as the site's URL tells it.
fn company(site: &str) -> String {
    let label = site.split('.').next().unwrap_or_default();
    let mut letters = label.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
