//! Organizations that are called alike, ids typed in as names, domains in two alphabets: which of
//! them match a site (rule L2) or an order (rule T3), and why, by command line.
//!
//! Owns the cases. The folding itself has tables of its own.

use serde_json::Value;

use crate::served::Served;

/// The backend with organizations whose names differ in what is dropped or folded, and with those
/// who look for theirs: Sam in none of them, Fay full admin of one, Pat a partner.
struct Town {
    served: Served,
    root: String,
    fay: String,
    pat: String,
    _folder: tempfile::TempDir,
}

const SITES: [(&str, &str); 4] = [
    ("name.webex.example", "acme"),
    ("id.webex.example", "acme2"),
    ("long.webex.example", "Acme Robotics Inc."),
    ("cyrillic.webex.example", "АКМЕ ООО"),
];

impl Town {
    fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let served = Served::start(folder.path(), &[]);
        let root = served.first_token();
        for (id, name) in [
            ("acme1", "Acme"),
            ("acme2", "ACME Inc."),
            ("acme3", "Acmé GmbH"),
            ("wide", "ＡＣＭＥ"),
            ("akme", "Акме"),
            ("robotics", "Acme Robotics"),
        ] {
            served.words(&root, &["org", "add", "--name", name, "--id", id]);
        }
        served.run(&root, "org add --name Meridian --kind partner --id meridian");
        let person = |email: &str, org: &str, role: &str| {
            served.run(&root, &format!("person add --email {email} --name Somebody"));
            served.run(&root, &format!("org grant {org} --email {email} --role {role}"));
            served.token(&root, email)
        };
        let fay = person("fay@BÜCHER.example", "acme3", "full_admin");
        let pat = person("pat@meridian.example", "meridian", "partner_admin");
        for (url, company) in SITES {
            let admin = ["--site-admin", "fay@xn--bcher-kva.example"];
            served
                .words(&root, &[&["site", "add", url, "--company", company], &admin[..]].concat());
        }
        Self { served, root, fay, pat, _folder: folder }
    }

    /// Who matches a site, as `id: reasons`.
    fn candidates(&self, line: &[&str]) -> Vec<String> {
        let found = self.served.words(&self.fay, &[&["site", "candidates"], line].concat());
        let items = found["items"].as_array().unwrap().iter().map(|item| {
            let kinds = item["reasons"].as_array().unwrap().iter();
            let kinds: Vec<_> = kinds.map(|reason| reason["kind"].as_str().unwrap()).collect();
            format!("{}: {}", item["id"].as_str().unwrap(), kinds.join(" "))
        });
        let mut items: Vec<String> = items.collect();
        items.sort();
        items
    }
}

#[test]
fn l2_names_are_alike_but_for_case_accents_and_legal_form_and_an_id_is_no_name() {
    let town = Town::start();
    let alike = [
        "acme1: organization_name",
        "acme2: organization_name",
        "acme3: administrator organization_name",
        "wide: organization_name",
    ];
    assert_eq!(town.candidates(&["name.webex.example"]), alike);
    let mine = "acme3: administrator";
    assert_eq!(town.candidates(&["id.webex.example"]), [mine], "the company is called like an id");
    assert_eq!(town.candidates(&["long.webex.example"]), [mine, "robotics: organization_name"]);
    assert_eq!(town.candidates(&["cyrillic.webex.example"]), [mine, "akme: organization_name"]);

    let typed = town.candidates(&["id.webex.example", "--org", "acme2"]);
    assert_eq!(typed, ["acme2: organization_id", mine]);
    for name in ["ACME Inc.", "Acmé GmbH", "Акме", "ACME2"] {
        let typed = town.candidates(&["id.webex.example", "--org", name]);
        assert_eq!(typed, [mine], "{name} is no id");
    }
}

#[test]
fn t3_an_order_finds_the_short_name_whole_and_the_domain_in_either_alphabet() {
    let town = Town::start();
    let order = |number: &str, company: &str| {
        let words = ["--partner", "meridian", "--company", company, "--country", "DE"];
        let line = [&["order", "add", number], &words[..], &["--service", "calling=5"]].concat();
        town.served.words(&town.root, &line);
    };
    order("SO-1", "acmé");
    order("SO-2", "Acme Holding AG");
    order("SO-3", "Акме");
    let found = |number: &str, who: &str| {
        let line = ["order", "candidates", number, "--administrator", who];
        let found: Value = town.served.words(&town.pat, &line);
        let ids = found["candidates"].as_array().unwrap().iter();
        ids.map(|one| one["organization"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    for who in ["neu@bücher.example", "neu@xn--bcher-kva.example", "NEU@BÜCHER.EXAMPLE"] {
        assert_eq!(found("SO-1", who), ["acme3"], "{who}");
    }
    assert!(found("SO-1", "neu@elsewhere.example").is_empty(), "nobody there has such users");
    assert!(found("SO-2", "neu@bücher.example").is_empty(), "a short name is compared whole");
    assert!(found("SO-3", "neu@bücher.example").is_empty(), "another alphabet is another name");
}
