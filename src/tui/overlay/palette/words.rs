//! The words that people have for what hublink does, beside its own.
//!
//! Owns the table: a row's name, and what else one may type to find it. Words of Site
//! Administration, of Control Hub and of everyday speech.

use crate::tui::reach::GO_ON;

/// Names, in lower case, with their further words.
const WORDS: &[(&str, &str)] = &[
    ("start a trial", "new customer tenant organization try buy add create"),
    ("map an order", "purchase subscription provision buy assign"),
    ("set up services", "setup wizard get started subdomain provisioning resume pending"),
    (
        "link a site",
        "enroll enrol connect bind attach join match organization finder agreement convert",
    ),
    ("how linking went", "linked result report who job progress"),
    (
        "link users",
        "invite invitation proof of concept poc pilot verify domain dns txt agreement sign plan \
         send e-mail email mails everyone rest migrate convert activate resend",
    ),
    (
        "change linking method",
        "receive email e-mail verify now sign agreement switch setting proof how",
    ),
    ("account linking", "added later newcomers new users future automatic"),
    ("automatic linking date", "auto link schedule day deadline postpone"),
    ("licence csv", "license licences licenses assign entitlement unlicensed file"),
    ("directory sync", "directory connector azure entra ad blocked failing dry run"),
    ("contact center", "voice chat centre call agents"),
    ("welcome mail", "resend get started invitation address correct"),
    (
        "administrators",
        "admins roles grant revoke withdraw people permissions rights offer disable enable access",
    ),
    (
        "import users",
        "roster csv tsv file upload load add people members site administration export",
    ),
    ("add a user", "one person people new by hand create roster"),
    ("add an organization", "new org tenant customer partner create"),
    ("add a site", "new meeting site url create"),
    ("change the site", "edit company administrators admins csm contact may link"),
    ("your access", "tokens sessions password change reset secret api key sign out everywhere"),
    ("people who sign in", "persons accounts logins add disable enable block unblock token users"),
    ("directory sync setting", "switch on off connector azure entra addresses file"),
    ("consumer domains", "public mail provider gmail outlook free mail"),
    ("domains", "release claim unclaim unverify proof record organization"),
    ("automatic licences", "license licenses auto assign"),
    ("trials", "extend expiry expired end services quantities"),
    ("trial", "extend expiry expired end services quantities"),
    ("orders", "map accept decline purchase"),
    ("insights", "reports analytics engagement audio quality meetings devices participants"),
    ("timers", "deadlines due overdue jobs progress clock"),
    ("runs", "invitations results history progress report"),
    ("audit", "log record history who changed"),
    ("mails", "outbox inbox e-mail email sent"),
    ("demo", "clock time advance day month sign in as become switch user"),
    ("offers", "role accept decline invited"),
    ("sign out", "log out logout logoff leave session"),
    ("quit", "exit close end"),
    ("help", "keys shortcuts what manual"),
    ("users", "people roster list members accounts persons"),
    ("export", "save csv file download write"),
    ("clear decline", "unsubscribe unsubscribed opt out declined again allow reinvite"),
    ("resolve", "unknown maybe sent resend"),
    ("verify", "dns txt record domain check prove"),
    ("cancel", "stop abort end"),
    ("pause", "stop hold wait"),
    ("go on", "resume continue"),
    ("plan again", "retry repeat failed"),
    ("the rest", "everyone everybody remaining others all"),
    ("cohorts", "group wave saved list poc"),
    ("facets", "counts departments domains statistics"),
    ("extend", "prolong longer renew"),
    ("leave", "exit wizard later save draft"),
    ("take over", "claim draft holder"),
    ("reload", "refresh again"),
];

/// The further words for a name.
pub fn of(label: &str) -> &'static str {
    let label = label.strip_prefix(GO_ON).unwrap_or(label).to_lowercase();
    WORDS.iter().find(|(name, _)| *name == label).map_or("", |(_, words)| words)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::overlay::menu;

    #[test]
    fn every_wizard_and_screen_has_the_words_that_people_have_for_it() {
        for entry in menu::entries() {
            assert_ne!(of(entry.title), "", "{}", entry.title);
        }
    }

    #[test]
    fn no_name_stands_twice() {
        for (n, (name, words)) in WORDS.iter().enumerate() {
            assert!(WORDS[..n].iter().all(|(other, _)| other != name), "{name}");
            assert_eq!(words.to_lowercase(), *words, "{name}");
        }
    }
}
