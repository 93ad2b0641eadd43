//! Company names: what is one company to a person is one to the folding, and nothing else is.

use proptest::prelude::*;

use super::*;

#[test]
fn l2_case_accents_punctuation_and_legal_forms_do_not_tell_companies_apart() {
    let families: &[(&str, &[&str])] = &[
        (
            "acme",
            &[
                "Acme",
                "ACME Inc.",
                "Acmé GmbH",
                "acme, inc",
                "Acme Ltd",
                "Acme Co., Ltd.",
                "ACME S.A.",
                "ACME S. A.",
                "Acme S.p.A.",
                "Acme AG",
                "Acme K.K.",
                "Acme LLC",
                "Acme L.L.C.",
                "Acme GmbH & Co. KG",
                "Acme Sp. z o.o.",
                "Acme S. de R.L. de C.V.",
                "Acme, S.A. de C.V.",
                "Acme Pty Ltd",
                "Acme Pte. Ltd.",
                "Acme (Pvt.) Ltd.",
                "Acme Sdn. Bhd.",
                "Acme B.V.",
                "Acme AB (publ)",
                "Acme A/S",
                "Oy Acme Ab",
                "PT Acme Tbk",
                "Acme d.o.o.",
                "Acme s.r.o.",
                "Acme A.Ş.",
                "Acme Ltda.",
                "Acme Société Anonyme",
                "Acme UG (haftungsbeschränkt)",
                "\u{ff21}\u{ff23}\u{ff2d}\u{ff25} Corporation",
                "ACME株式会社",
                "株式会社ACME",
                "㈱ Acme",
                "Acme 有限公司",
                "주식회사 Acme",
                "Công ty TNHH Acme",
                "  \u{ab}Acme\u{bb}  ",
            ],
        ),
        ("acme robotics", &["Acme Robotics Inc", "ACME-Robotics", "Acme & Robotics"]),
        ("akme", &["AKME"]),
        ("акме", &["ООО «Акме»", "АКМЕ ОАО"]),
        ("smith", &["Smith & Co", "Smith and Co.", "Smith und Co. KG"]),
        ("οδυσσευσ", &["ΟΔΥΣΣΕΎΣ Α.Ε.", "Οδυσσεύς ΑΕ"]),
        ("strasse", &["Straße GmbH", "STRASSE"]),
        ("oneill", &["O'Neill Ltd", "O’Neill"]),
        ("アクメ", &["株式会社アクメ", "アクメ株式会社", "アクメ㈱", "ｱｸﾒ"]),
        ("삼성", &["(주)삼성", "주식회사 삼성", "㈜삼성"]),
        ("陈伟", &["陈伟有限公司", "陈伟股份有限公司"]),
    ];
    for (want, names) in families {
        for name in *names {
            assert_eq!(CompanyName::fold(name).as_str(), *want, "{name}");
            assert!(is_same_company(name, names[0]), "{name}");
        }
    }
}

#[test]
fn l2_other_companies_stay_other() {
    let others = [
        ("Acme", "Acme Robotics"),
        ("Acme", "Akme"),
        ("Acme Holding GmbH", "Acme GmbH"),
        ("Casa", "Ca"),
        ("A+", "A"),
        ("が", "か"),
        ("株価", "価"),
        ("", ""),
        ("...", "—"),
    ];
    for (one, other) in others {
        assert!(!is_same_company(one, other), "{one} {other}");
    }
}

#[test]
fn l2_a_name_made_of_legal_forms_alone_keeps_a_word() {
    let cases =
        [("Limited Inc.", "limited"), ("GmbH", "gmbh"), ("SAS Institute Inc", "sas institute")];
    for (name, want) in cases {
        assert_eq!(CompanyName::fold(name).as_str(), want, "{name}");
    }
}

#[test]
fn t3_names_share_their_first_five_characters_and_shorter_ones_are_compared_whole() {
    let same = [
        ("Meridian Networks", "MERIDIEN Inc"),
        ("Acme Robotics Inc", "Acme Riding Club"),
        ("Acme", "ACME GmbH"),
        ("Élan Vital", "Elan Vogue S.A."),
        ("대한민국전력", "대한민국전기"),
    ];
    for (one, other) in same {
        assert!(starts_as_company(one, other), "{one} {other}");
    }
    let different = [
        ("Acme", "Acmetron"),
        ("IBM", "IBMX"),
        ("Merid", "Merit"),
        ("삼성", "삼천리"),
        ("", ""),
        ("", "Acme"),
    ];
    for (one, other) in different {
        assert!(!starts_as_company(one, other), "{one} {other}");
        assert!(!starts_as_company(other, one), "{other} {one}");
    }
}

proptest! {
    #[test]
    fn l2_folding_a_folded_name_changes_nothing_for_ordinary_words(name in "[a-z]{6,9}( [a-z]{6,9}){0,3}") {
        let once = CompanyName::fold(&name);
        prop_assert_eq!(CompanyName::fold(once.as_str()), once);
    }

    #[test]
    fn l2_any_text_folds_and_is_like_itself(name in "\\PC{0,60}") {
        let folded = CompanyName::fold(&name);
        let empty = folded.as_str().is_empty();
        prop_assert_eq!(folded.is_same(&folded), !empty);
        prop_assert_eq!(folded.starts_as(&folded), !empty);
    }

    #[test]
    fn l2_case_and_a_legal_form_at_the_end_do_not_matter(name in "[a-z]{6,9}", form in "Inc\\.|GmbH|S\\.A\\.|Co\\., Ltd\\.|AG") {
        let legal = format!("{}, {form}", name.to_uppercase());
        prop_assert!(is_same_company(&name, &legal));
    }
}
