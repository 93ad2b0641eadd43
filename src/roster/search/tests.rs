//! The search against a naive one that folds every field of every user again.

use proptest::prelude::*;

use super::super::columns::RowIn;
use super::super::fold::fold;
use super::*;
use crate::domain::facts::{Fact, Facts};
use crate::domain::outcome::decide;
use crate::domain::user::UserState;

const METHOD: LinkingMethod = LinkingMethod::SignAgreement;

#[derive(Debug, Clone)]
struct Person {
    name: String,
    address: String,
    user_id: String,
    department: String,
    state: UserState,
    facts: Facts,
}

fn users() -> impl Strategy<Value = Vec<Person>> {
    let name =
        prop::sample::select(vec!["Amara", "Zoë", "Bjørn Lund", "陈伟 Chen", "MARA", "a\nb"]);
    let local = "[ab]{1,2}|zoe|Mara";
    let domain =
        prop::sample::select(vec!["acme.example", "ACME.Example", "gmail.com", "Bücher.example"]);
    let department = prop::sample::select(vec!["Sales", "sales", "North Sales", "", "Forschung"]);
    let user =
        (name, local, domain, department, 0..UserState::ALL.len(), any::<u16>(), any::<bool>());
    let user = user.prop_map(|(name, local, domain, department, state, facts, same)| {
        let address = format!("{local}@{domain}");
        Person {
            name: name.into(),
            user_id: if same { address.clone() } else { format!("u-{local}") },
            address,
            department: department.into(),
            state: UserState::ALL[state],
            // Few bad addresses, or `domain:` would find nothing.
            facts: Facts::from_code(facts).with(Fact::BadAddress, facts.is_multiple_of(7)),
        }
    });
    proptest::collection::vec(user, 0..200)
}

/// A term as text, and what it means.
#[derive(Debug, Clone)]
enum Ask {
    Word(String),
    Domain(&'static str, &'static str),
    Department(&'static str),
    Status(UserState),
    Invited(bool),
    Held,
    Ticked(bool),
}

impl Ask {
    fn text(&self) -> String {
        match self {
            Self::Word(word) => format!("\"{word}\""),
            Self::Domain(spelled, _) => format!("domain:{spelled}"),
            Self::Department(part) => format!("dept:{part}"),
            Self::Status(state) => format!("status:{}", state.code()),
            Self::Invited(ever) => format!("invited:{}", if *ever { "ever" } else { "never" }),
            Self::Held => "outcome:held".into(),
            Self::Ticked(yes) => format!("ticked:{}", if *yes { "yes" } else { "no" }),
        }
    }

    fn meets(&self, user: &Person, ticked: bool) -> bool {
        match self {
            Self::Word(word) => [&user.name, &user.address, &user.user_id, &user.department]
                .iter()
                .any(|field| fold(field).contains(&fold(word))),
            Self::Domain(_, canonical) => {
                let fits = fold(&user.address).ends_with(&format!("@{canonical}"));
                fits && !user.facts.has(Fact::BadAddress)
            }
            Self::Department(part) => fold(&user.department).contains(&fold(part)),
            Self::Status(state) => user.state == *state,
            Self::Invited(ever) => user.facts.has(Fact::InvitedEver) == *ever,
            Self::Held => decide(user.facts, METHOD).class().code() == "held",
            Self::Ticked(yes) => ticked == *yes,
        }
    }
}

fn asks() -> impl Strategy<Value = Vec<(bool, Ask)>> {
    let ask = prop_oneof![
        4 => "[a-z]|ma|ar|ra|zoe|Zoë|[ab]@|@|@acme|zoe@gm|xample|e@a@b|acme|sal|lund|b@a|a b|陈".prop_map(Ask::Word),
        1 => prop::sample::select(vec![
            Ask::Domain("acme.example", "acme.example"),
            Ask::Domain("bücher.example", "bucher.example"),
            Ask::Department("sales"),
            Ask::Department("nòrth"),
            Ask::Status(UserState::Unlinked),
            Ask::Status(UserState::Linked),
            Ask::Invited(true),
            Ask::Invited(false),
            Ask::Held,
            Ask::Ticked(true),
            Ask::Ticked(false),
        ]),
    ];
    proptest::collection::vec((any::<bool>(), ask), 0..4)
}

fn columns(users: &[Person]) -> Arc<Columns> {
    let mut columns = Columns::new();
    for user in users {
        columns.push(&RowIn {
            user_id: &user.user_id,
            name: &user.name,
            address: &user.address,
            department: &user.department,
            state: user.state,
            facts: user.facts,
        });
    }
    Arc::new(columns)
}

fn query(asks: &[(bool, Ask)]) -> Query {
    let text =
        |(negated, ask): &(bool, Ask)| format!("{}{}", if *negated { "!" } else { "" }, ask.text());
    Query::parse(&asks.iter().map(text).collect::<Vec<_>>().join(" ")).unwrap()
}

fn naive(users: &[Person], asks: &[(bool, Ask)], ticked: &Bitmap) -> Bitmap {
    let meets = |row: &u32| {
        let user = &users[*row as usize];
        asks.iter().all(|(negated, ask)| ask.meets(user, ticked.contains(*row)) != *negated)
    };
    (0..users.len() as u32).filter(meets).collect()
}

proptest! {
    #[test]
    fn section_5_a_filter_finds_what_a_naive_one_finds(
        users in users(), asks in asks(), ticks in any::<u64>(), most in 1u32..100,
    ) {
        let ticked: Bitmap = (0..users.len() as u32).filter(|row| ticks >> (row % 61) & 1 == 1).collect();
        let columns = columns(&users);
        let want = naive(&users, &asks, &ticked);
        let search = || Search::new(Arc::clone(&columns), query(&asks), Some(METHOD), &ticked);
        prop_assert_eq!(search().run(), want.clone());

        let mut stepped = search();
        let found = loop {
            match stepped.step(most) {
                Progress::More { done, of } => prop_assert!(done < of),
                Progress::Done(rows) => break rows,
            }
        };
        prop_assert_eq!(found, want);
    }

    #[test]
    fn section_5_narrowing_and_going_on_find_the_same(
        users in users(), asks in asks(), more in asks(), upto in 0usize..220,
    ) {
        let ticked = Bitmap::full(50);
        let upto = upto.min(users.len());
        let all: Vec<_> = asks.iter().chain(&more).cloned().collect();
        let (first, second) = (query(&asks), query(&all));
        prop_assert!(second.narrows(&first));
        let early = columns(&users[..upto]);
        let earlier = Search::new(early, first.clone(), Some(METHOD), &ticked).run();
        let columns = columns(&users);
        let narrowed = Search::new(Arc::clone(&columns), second, Some(METHOD), &ticked)
            .narrowing(&earlier, upto as u32);
        prop_assert_eq!(narrowed.run(), naive(&users, &all, &ticked));
        let went_on = Search::new(columns, first, Some(METHOD), &ticked)
            .continuing(&earlier, upto as u32);
        prop_assert_eq!(went_on.run(), naive(&users, &asks, &ticked));
    }
}

#[test]
fn matches_are_found_across_chunks_both_dense_and_sparse() {
    let mut columns = Columns::new();
    for number in 0..ROWS + 100 {
        let rare = number.is_multiple_of(10_007);
        columns.push(&RowIn {
            user_id: &number.to_string(),
            name: if rare { "Rare Melia" } else { "Common" },
            address: "x@acme.example",
            department: "",
            state: UserState::Unlinked,
            facts: Facts::default(),
        });
    }
    let columns = Arc::new(columns);
    let find = |text: &str| {
        Search::new(Arc::clone(&columns), Query::parse(text).unwrap(), None, &Bitmap::new()).run()
    };
    let rare: Bitmap = (0..ROWS + 100).filter(|n| n.is_multiple_of(10_007)).collect();
    assert_eq!(find("melia"), rare);
    assert_eq!(find("acme melia rare"), rare);
    assert_eq!(find("!common"), rare);
    assert_eq!(find("m").count() as u32, ROWS + 100);
    assert_eq!(find(""), Bitmap::full(ROWS + 100));
    assert_eq!(find("outcome:link_now"), Bitmap::new());
}
