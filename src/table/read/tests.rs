//! What a roster file may be, and the words with which one is refused (SPEC section 9).

use proptest::prelude::*;

use super::*;
use crate::table::Encoding;

const SITE: &str = "UserID\tActive (Y/N)\tFirstName\tLastName\tUserName\tEmail\tHostPrivilege\t\
    Password\tTracking1\tDepartment\r\n\
    7\tY\tZoë\tQuinn\tzoe\tZoe.Quinn@ACME.example\tHOST\thunter2\tred\tSales\r\n\
    8\tN\t\"Lee\r\n\"\"Bo\"\"\"\tPark\tlee\tnot an address\tATTND\thunter3\t\t\r\n\
    9\t\tAda\tRay\tada\t ada@acme.example \tADMN\t\tblue\tR&D\r\n";

const HUB: &str = "First Name,Last Name,Display Name,User ID/Email (Required),User Status,\
    Department,Webex Meetings\n\
    Zoë,Quinn,Zoe Q,Zoe@acme.example,Active,Sales,TRUE\n\
    Lee,Park,,lee@acme.example,Inactive,,FALSE\n\
    Ada,Ray,,ada@acme.example,Not Verified,,FALSE\n";

fn utf_16(text: &str, bytes: impl Fn(u16) -> [u8; 2]) -> Vec<u8> {
    format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect()
}

fn read(bytes: impl AsRef<[u8]>) -> Result<RosterFile, TableError> {
    read_roster(bytes.as_ref(), Mode::Import, &Limits::ROSTER)
}

fn refused(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

fn extra(row: &RosterRow) -> Vec<&str> {
    row.extra.iter().collect()
}

#[test]
fn s9_site_administration_in_every_encoding_and_delimiter() {
    let want = read(SITE).unwrap();
    assert_eq!(want.source.to_string(), "Site Administration export, UTF-8, tab");
    for delimiter in ["\t", ",", ";"] {
        let text = SITE.replace('\t', delimiter);
        let files = [
            (text.clone().into_bytes(), Encoding::Utf8),
            (format!("\u{feff}{text}").into_bytes(), Encoding::Utf8Marked),
            (utf_16(&text, u16::to_le_bytes), Encoding::Utf16Le),
            (utf_16(&text, u16::to_be_bytes), Encoding::Utf16Be),
        ];
        for (bytes, encoding) in files {
            let file = read(&bytes).unwrap();
            assert_eq!(file.source.encoding, encoding);
            assert_eq!(
                file.source.delimiter.to_string(),
                match delimiter {
                    "\t" => "tab",
                    "," => "comma",
                    _ => "semicolon",
                }
            );
            assert_eq!(file.rows, want.rows);
        }
    }
}

#[test]
fn s9_site_administration_rows_say_what_the_file_says() {
    let rows = read(SITE).unwrap().rows;
    assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [2, 3, 5]);
    let active: Vec<_> = rows.iter().map(|row| row.active).collect();
    assert_eq!(active, [Some(true), Some(false), None], "an empty cell is neither yes nor no");
    assert_eq!(rows[0].user_id.raw(), "7");
    assert_eq!(rows[0].address.raw(), "Zoe.Quinn@ACME.example");
    assert_eq!(rows[0].host_privilege.raw(), "HOST");
    assert_eq!(rows[0].department.raw(), "Sales");
    assert_eq!(rows[1].first_name.raw(), "Lee\r\n\"Bo\"");
    assert_eq!(rows[1].address.raw(), "not an address");
    assert_eq!(rows[2].address.raw(), " ada@acme.example ", "as spelled");
}

#[test]
fn s9_unknown_columns_are_kept_and_passwords_are_not() {
    let file = read(SITE).unwrap();
    let headers: Vec<_> = file.layout.extra_headers().map(Untrusted::raw).collect();
    assert_eq!(headers, ["Tracking1"]);
    assert_eq!(file.rows.iter().map(extra).collect::<Vec<_>>(), [["red"], [""], ["blue"]]);
    let all = format!("{file:?}");
    assert!(!all.contains("hunter"));

    let spelled = "USERID, email ,New password,Confirm Password\n1,a,x,y\n";
    let file = read(spelled).unwrap();
    assert_eq!(file.rows[0].extra.len(), 0);
    assert_eq!(file.layout.headers().count(), 2);
}

#[test]
fn s9_control_hub_has_the_address_as_its_id() {
    let file = read(HUB).unwrap();
    assert_eq!(file.source.to_string(), "Control Hub export, UTF-8, comma");
    let ids: Vec<_> = file.rows.iter().map(|row| row.user_id.raw()).collect();
    assert_eq!(ids, ["Zoe@acme.example", "lee@acme.example", "ada@acme.example"]);
    let active: Vec<_> = file.rows.iter().map(|row| row.active).collect();
    assert_eq!(active, [Some(true), Some(false), Some(true)]);
    assert_eq!(file.rows[0].display_name.raw(), "Zoe Q");
    assert_eq!(extra(&file.rows[2]), ["Not Verified", "FALSE"]);
}

#[test]
fn s9_a_missing_column_lists_what_is_needed_and_what_was_found() {
    assert_eq!(
        refused("Name,E-mail\nZoe,z@acme.example\n"),
        "line 1: missing the columns UserID and Email (Site Administration) or User ID/Email \
         (Required) (Control Hub); found Name, E-mail"
    );
    assert_eq!(
        refused("\nUserID;First\n"),
        "line 2: missing the column Email; found UserID, First"
    );
    assert_eq!(refused("Email\n"), "line 1: missing the column UserID; found Email");
    let many = refused("c1,c2,c3,c4,c5,c6,c7,c8,c9,c10,c11,c12,c13,c14\n");
    assert!(many.ends_with("c12 and 2 more"), "{many}");
}

#[test]
fn s9_a_column_stands_once() {
    assert_eq!(
        refused("UserID,Email,Dept,DEPT \n"),
        "line 1, column 4 (DEPT): this column is there already as number 3: remove or rename one \
         of them"
    );
    let twice = refused("UserID,Email,FirstName,First Name\n");
    assert!(twice.starts_with("line 1, column 4 (First Name): this column is there"), "{twice}");
}

#[test]
fn s9_a_column_without_a_name_must_be_empty() {
    assert_eq!(read("UserID,Email,,\n1,a,,\n").unwrap().rows.len(), 1);
    let text = refused("UserID,Email,,\n1,a,,\n2,b,, x\n");
    assert_eq!(
        text,
        "line 3, column 4: text in a column without a name: name the column in the first line"
    );
}

#[test]
fn s9_a_ragged_row_refuses_the_file() {
    assert_eq!(
        refused("UserID,Email,Department\n1,a,x\n\"2\n\",b\n"),
        "line 3, column 3 (Department): this row has 2 fields where the header has 3: mend the row"
    );
    let long = refused("UserID,Email\n1,a,x\n");
    assert!(long.starts_with("line 2, column 3: this row has 3 fields where"), "{long}");
    assert!(refused("UserID,Email\n1,a\n  2\n").starts_with("line 3, column 2 (Email): this row"));
}

#[test]
fn s9_a_file_cut_off_in_a_quote_is_refused() {
    let text = refused("UserID,Email\n1,a\n2,\"b@acme.ex");
    assert!(text.starts_with("line 3, column 2 (Email): a quote opens here"), "{text}");
    assert!(refused("\"UserID,Email\n1,a\n").starts_with("line 1, column 1: a quote opens here"));
}

#[test]
fn s9_ids_are_there_and_differ() {
    assert_eq!(
        refused("Email,UserID\na,1\nb,  \n"),
        "line 3, column 2 (UserID): this must not be empty: it says which user the row is"
    );
    assert_eq!(
        refused("UserID,Email\n1,a\n2,b\n 1 ,c\n"),
        "line 4, column 1 (UserID): “1” stands on line 2 already: keep one of the two rows"
    );
    assert_eq!(read("UserID,Email\na,x\nA,x\n").unwrap().rows.len(), 2, "UserIDs keep their case");
    let hub = "User ID/Email (Required)\nLee@Acme.example\nlee@acme.example \n";
    assert!(refused(hub).starts_with("line 3, column 1 (User ID/Email (Required)): “lee@"));
    let bad = "User ID/Email (Required)\nNo One\nno one\n";
    assert!(refused(bad).contains("stands on line 2 already"));
}

#[test]
fn s9_activation_is_read_in_the_usual_words() {
    let words = "y Y yes TRUE 1 active n NO false 0 Inactive".split(' ').enumerate();
    let lines: Vec<_> = words.map(|(at, word)| format!("{at},{word},a")).collect();
    let text = format!("UserID,Active,Email\n{}\nx,,a\n", lines.join("\n"));
    let rows = read(text).unwrap().rows;
    let active: Vec<_> = rows.iter().map(|row| row.active).collect();
    assert_eq!(active, [[Some(true); 6].as_slice(), &[Some(false); 5], &[None]].concat());
    assert_eq!(
        refused("UserID,Active,Email\n1,ma\u{1b}ybe,a\n"),
        "line 2, column 2 (Active): “ma^[ybe” is neither yes nor no: write Y or N"
    );
}

#[test]
fn s9_a_first_line_names_the_delimiter() {
    let site = "UserID;Active;Email;Note\r\n11;N;kit@acme.example;a,b,c,d,e,f\r\n";
    let tabbed = site.replace(',', " ").replace(';', "\t");
    let cases = [
        (format!("sep=;\r\n{site}").into_bytes(), "semicolon"),
        (format!("\u{feff}sep=;;;;\r\n{site}").into_bytes(), "semicolon"),
        (utf_16(&format!("sep=\t\r\n{tabbed}"), u16::to_le_bytes), "tab"),
    ];
    for (bytes, delimiter) in cases {
        let file = read(&bytes).unwrap();
        assert_eq!(file.source.delimiter.to_string(), delimiter);
        assert_eq!((file.rows[0].user_id.raw(), file.rows[0].line), ("11", 3));
    }
    let hub = "sep=,\nFirst Name,User ID/Email (Required)\nKit,kit@acme.example\n";
    assert_eq!(read(hub).unwrap().rows[0].line, 3);
    assert!(refused("sep=;\nUserID,Email\n1,a\n").starts_with("line 2: missing the columns"));
}

#[test]
fn s9_rows_without_any_text_are_no_rows() {
    let text = ",,\nUserID,Email,Dept\n,,\n1,a@acme.example,\n , ,\u{a0}\n,,,,\n\u{feff},,\n";
    let rows = read(text).unwrap().rows;
    assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [4]);
    let world = read_roster(text.as_bytes(), Mode::World, &Limits::ROSTER).unwrap();
    assert_eq!(world.rows.len(), 1);
}

#[test]
fn s9_a_header_once_more_is_refused_by_its_line() {
    let words = "this row repeats the column names: remove it";
    let site = "UserID,Active,Email\n1,Y,a\n userid ,Active,EMAIL\n2,Y,b\n";
    assert_eq!(refused(site), format!("line 3: {words}"));
    // Two exports one behind the other, the second with other columns.
    let other = "UserID,Email,Room\n1,a,x\n\nUserID,Email,Floor\n2,b,y\n";
    assert_eq!(refused(other), format!("line 4: {words}"));
    let hub = "First Name,User ID/Email (Required)\nA,a@x\nFirst Name,User ID/Email (Required)\n";
    assert_eq!(refused(hub), format!("line 3: {words}"));
    assert!(read("UserID,Email\nuserid,a@acme.example\n").is_ok());
}

#[test]
fn s9_a_header_is_known_with_and_without_its_blanks() {
    for header in ["User ID/Email(Required)", "User ID / Email (Required)", "USERID/EMAIL"] {
        let file = read(format!("First Name,{header}\nKit,kit@acme.example\n")).unwrap();
        assert_eq!(file.rows[0].user_id.raw(), "kit@acme.example", "{header}");
    }
    let file = read("User ID,E mail,Host  Privilege\n1,a,HOST\n").unwrap();
    assert_eq!(file.rows[0].host_privilege.raw(), "HOST");
}

#[test]
fn s9_world_columns_are_read_in_world_files_only() {
    let text = "UserID,Email,Linked,Provisional,Confirmed,Declined,Unknown (Y/N),Invited\n\
        1,a,Y,y,,N,Y,2026-02-27T09:00:00Z\n\
        2,b,,,Y,Y,,\n";
    let file = read_roster(text.as_bytes(), Mode::World, &Limits::ROSTER).unwrap();
    let world = file.rows[0].world;
    assert!(world.linked && world.provisional && world.unknown);
    assert!(!world.confirmed && !world.declined);
    assert_eq!(world.invited, Some("2026-02-27T09:00:00Z".parse().unwrap()));
    assert!(file.rows[1].world.confirmed && file.rows[1].world.declined);
    assert_eq!(file.layout.headers().count(), 2, "no export writes them");

    let file = read(text).unwrap();
    assert_eq!(file.rows[0].world, crate::table::WorldColumns::default());
    assert_eq!(extra(&file.rows[0]), ["Y", "y", "", "N", "Y", "2026-02-27T09:00:00Z"]);

    let bad = text.replace("09:00:00Z", "nine");
    let fault = read_roster(bad.as_bytes(), Mode::World, &Limits::ROSTER).unwrap_err();
    assert!(fault.to_string().starts_with("line 2, column 8 (Invited): “2026-02-27Tnine” is not"));
    let bad = text.replace(",Y,y,", ",Y,perhaps,");
    let fault = read_roster(bad.as_bytes(), Mode::World, &Limits::ROSTER).unwrap_err();
    assert!(fault.to_string().starts_with("line 2, column 4 (Provisional): “perhaps” is neither"));
}

#[test]
fn s9_empty_files_and_headers_alone() {
    let bare = b"UserID,Email\r\n,\r\n";
    assert_eq!(
        read(bare).unwrap_err().to_string(),
        "the file has column names and no rows: export it again"
    );
    // The site of a world may have no users.
    assert_eq!(read_roster(bare, Mode::World, &Limits::ROSTER).unwrap().rows.len(), 0);
    for text in ["", "\n\r\n", "\u{feff}"] {
        assert!(refused(text).starts_with("the file is empty"), "{text:?}");
    }
}

#[test]
fn s9_limits_refuse_with_their_place() {
    let limits = Limits { rows: 1, ..Limits::ROSTER };
    let fault = read_roster(b"UserID,Email\n1,a\n2,b\n", Mode::Import, &limits).unwrap_err();
    assert!(fault.to_string().starts_with("line 3, column 1 (UserID): more than 1 rows"));
    assert_eq!(fault.line(), Some(3));
}

#[test]
fn s9_sixty_columns() {
    let names: Vec<_> = (0..58).map(|n| format!("Tracking {n}")).collect();
    let cells: Vec<_> = (0..58).map(|n| format!("v;{n}")).collect();
    let text = format!("UserID,Email,{}\n1,a,{}\n", names.join(","), cells.join(","));
    let file = read(text).unwrap();
    assert_eq!(file.layout.extra_headers().map(Untrusted::raw).collect::<Vec<_>>(), names);
    assert_eq!(extra(&file.rows[0]), cells);
}

#[test]
fn i12_refusals_show_hostile_text_safely() {
    let text = refused("UserID,Email,\u{1b}]0;x\u{7},\u{1b}]0;X\u{7}\n");
    assert!(text.starts_with("line 1, column 4 (^[]0;X^G): "), "{text}");
}

fn no_crash(bytes: &[u8]) {
    for mode in [Mode::Import, Mode::World] {
        let shown = read_roster(bytes, mode, &Limits::ROSTER).map_err(|fault| fault.to_string());
        if let Err(text) = shown {
            assert!(!text.chars().any(char::is_control), "{text:?}");
        }
    }
}

proptest! {
    #[test]
    fn s9_no_bytes_crash_the_reader(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        no_crash(&bytes);
    }

    #[test]
    fn s9_no_broken_roster_crashes_the_reader(
        hub in any::<bool>(),
        wide in any::<bool>(),
        at in any::<prop::sample::Index>(),
        cut in 0usize..4,
        put in prop::collection::vec(prop::sample::select(&b"\"\t,;\r\n\0\xff'=Y1"[..]), 0..4),
    ) {
        let text = if hub { HUB } else { SITE };
        let mut bytes = if wide { utf_16(text, u16::to_le_bytes) } else { text.into() };
        let at = at.index(bytes.len());
        bytes.splice(at..(at + cut).min(bytes.len()), put);
        no_crash(&bytes);
    }
}
