//! Exports: what they look like, and that reading them gives back what was written (SPEC section 9).

use proptest::prelude::*;

use super::*;
use crate::table::{Encoding, Limits, Mode, RosterFile, read_roster};

fn export(layout: Layout, rows: &[RosterRow]) -> Vec<u8> {
    let mut writer = RosterWriter::new(layout);
    let mut bytes = writer.take();
    for row in rows {
        writer.row(row);
        bytes.extend(writer.take());
    }
    bytes
}

fn read(bytes: &[u8]) -> RosterFile {
    read_roster(bytes, Mode::Import, &Limits::ROSTER).unwrap()
}

fn numbered(mut rows: Vec<RosterRow>) -> Vec<RosterRow> {
    for row in &mut rows {
        row.line = 0;
    }
    rows
}

#[test]
fn s9_exports_are_what_each_product_writes() {
    let row = RosterRow {
        user_id: "7".into(),
        active: Some(true),
        first_name: "Zoë".into(),
        address: "zoe@acme.example".into(),
        ..RosterRow::default()
    };
    let site =
        export(Layout::standard(Dialect::SiteAdministration, &[]), std::slice::from_ref(&row));
    let source = read(&site).source;
    assert_eq!(source.to_string(), "Site Administration export, UTF-16LE, tab");
    let units: Vec<_> = site.chunks(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect();
    assert_eq!(
        String::from_utf16(&units).unwrap(),
        "\u{feff}UserID\tActive\tFirstName\tLastName\tUserName\tEmail\tHostPrivilege\tDepartment\r\n\
         7\tY\tZoë\t\t\tzoe@acme.example\t\t\r\n"
    );

    let hub = export(Layout::standard(Dialect::ControlHub, &["Location".into()]), &[row]);
    assert_eq!(read(&hub).source.encoding, Encoding::Utf8Marked);
    assert_eq!(
        String::from_utf8(hub).unwrap(),
        "\u{feff}First Name,Last Name,Display Name,User ID/Email (Required),User Status,Department,\
         Location\r\nZoë,,,zoe@acme.example,Active,,\r\n"
    );
}

#[test]
fn s9_unknown_columns_go_back_into_their_place() {
    let text = "Tracking1,UserID,Active,Time Zone,Email,Password,Comments\r\n\
        red,1,N,GMT,a@acme.example,secret,\"x, y\"\r\n";
    let file = read(text.as_bytes());
    let headers: Vec<_> = file.layout.headers().cloned().collect();
    let bytes = export(Layout::restore(&headers).unwrap(), &file.rows);
    let text = crate::table::decode(&bytes, 10_000).unwrap().text.into_owned();
    assert_eq!(
        text,
        "Tracking1\tUserID\tActive\tTime Zone\tEmail\tComments\r\n\
         red\t1\tN\tGMT\ta@acme.example\tx, y\r\n"
    );
}

#[test]
fn s9_who_was_deactivated_is_so_in_the_export_of_any_file() {
    let files = [
        "UserID,Email\n1,a@acme.example\n",
        "User ID/Email,Department\na@acme.example,Sales\n",
        "User ID/Email,User Status\na@acme.example,Not Verified\n",
    ];
    for text in files {
        let mut file = read(text.as_bytes());
        let headers: Vec<_> = file.layout.headers().cloned().collect();
        let layout = Layout::restore(&headers).unwrap();
        file.rows[0].active = Some(false);
        let again = read(&export(layout.clone(), &file.rows));
        assert_eq!(again.rows[0].active, Some(false), "{text}");
        let mut row = again.rows[0].clone();
        row.active = Some(true);
        assert_eq!(read(&export(layout, &[row])).rows[0].active, Some(true), "{text}");
    }
}

#[test]
fn s9_the_other_dialect_gets_the_unknown_columns_at_the_end() {
    let text = "User ID/Email,User Status,Title\na@acme.example,Inactive,Dr\n";
    let file = read(text.as_bytes());
    let extra: Vec<_> = file.layout.extra_headers().cloned().collect();
    let hub = Layout::standard(Dialect::ControlHub, &extra);
    assert_eq!(hub.headers().filter(|header| header.raw() == "User Status").count(), 1);
    let site = read(&export(Layout::standard(Dialect::SiteAdministration, &extra), &file.rows));
    assert_eq!(site.rows[0].user_id.raw(), "a@acme.example");
    assert_eq!(site.rows[0].active, Some(false));
    assert_eq!(site.rows[0].extra.iter().collect::<Vec<_>>(), ["Inactive", "Dr"]);
    let back = read(&export(hub, &file.rows));
    assert_eq!(back.rows[0].active, Some(false));
    assert_eq!(back.rows[0].extra.iter().collect::<Vec<_>>(), ["Inactive", "Dr"]);
}

#[test]
fn s9_lists_are_guarded_and_quoted() {
    let rows = [["=cmd|' /C calc'!A0", "a,b"], ["x", "say \"hi\"\nnow"], ["", ""]];
    assert_eq!(
        write_csv(&["user_id", "@reason"], rows),
        "user_id,'@reason\n'=cmd|' /C calc'!A0,\"a,b\"\nx,\"say \"\"hi\"\"\nnow\"\n,\n"
    );
    assert_eq!(write_csv(&["one"], [[""]]), "one\n\"\"\n");
}

#[test]
fn s9_what_is_kept_of_an_upload_has_no_password_and_reads_the_same() {
    let files = [
        "sep=;\r\nUserID;Active;Password;Email;Room\r\n1;N;hunter2;'+a@acme.example;\"r;1\"\r\n\
         2;;hunter3;b@acme.example;\r\n",
        "User ID/Email,Active,User Status,New password\nb@acme.example,N,Verified,hunter4\n\
         c@acme.example,,,x\n",
    ];
    for text in files {
        let file = read(text.as_bytes());
        let kept = rewrite(&file.layout, &file.rows);
        let again = read(&kept);
        assert_eq!(numbered(again.rows), numbered(file.rows), "{text}");
        assert_eq!(again.layout.dialect(), file.layout.dialect());
        let kept = String::from_utf8(kept).unwrap();
        assert!(!kept.contains("hunter") && !kept.to_lowercase().contains("password"), "{kept}");
    }
}

fn text() -> impl Strategy<Value = String> {
    "[ab'=+@\"\t,; \r\nZé陈]{0,5}|\\PC{0,6}"
}

fn row(extra: usize) -> impl Strategy<Value = RosterRow> {
    let texts = prop::collection::vec(text(), 7);
    (texts, any::<bool>(), prop::collection::vec(text(), extra)).prop_map(
        |(texts, active, extra)| {
            let [first, last, display, user, address, department, host] =
                texts.try_into().unwrap_or_default();
            RosterRow {
                active: Some(active),
                first_name: first.into(),
                last_name: last.into(),
                display_name: display.into(),
                user_name: user.into(),
                address: address.into(),
                department: department.into(),
                host_privilege: host.into(),
                extra: extra.into_iter().collect(),
                ..RosterRow::default()
            }
        },
    )
}

const SITE_HEADERS: [&str; 11] = [
    "Tracking1",
    "UserID",
    "Active",
    "FirstName",
    "=Sum",
    "LastName",
    "DisplayName",
    "UserName",
    "Email",
    "Department",
    "HostPrivilege",
];
const HUB_HEADERS: [&str; 11] = [
    "Active",
    "First Name",
    "Title",
    "Last Name",
    "Display Name",
    "UserName",
    "User ID/Email",
    "Department",
    "HostPrivilege",
    "+1",
    "Active (since)",
];

proptest! {
    #[test]
    fn s9_what_is_written_reads_back_the_same(
        rows in prop::collection::vec(row(2), 1..5), prefix in "[=+' -]{0,2}"
    ) {
        let layout = Layout::restore(&SITE_HEADERS.map(Untrusted::from)).unwrap();
        let number = |(at, mut row): (usize, RosterRow)| {
            row.user_id = format!("{prefix}{at}").trim().into();
            row
        };
        let rows: Vec<_> = rows.into_iter().enumerate().map(number).collect();
        let file = read(&export(layout, &rows));
        prop_assert_eq!(numbered(file.rows), rows);
    }

    #[test]
    fn s9_what_is_written_for_control_hub_reads_back_the_same(
        rows in prop::collection::vec(row(3), 1..5)
    ) {
        let layout = Layout::restore(&HUB_HEADERS.map(Untrusted::from)).unwrap();
        let number = |(at, mut row): (usize, RosterRow)| {
            row.address = format!("{}{at}@acme.example ", row.address.raw()).into();
            row.user_id = row.address.raw().trim().into();
            row
        };
        let rows: Vec<_> = rows.into_iter().enumerate().map(number).collect();
        let file = read(&export(layout, &rows));
        prop_assert_eq!(numbered(file.rows), rows);
    }

    #[test]
    fn s9_no_cell_of_an_export_is_a_formula(cells in prop::collection::vec(text(), 1..5)) {
        let out = write_csv(&[], [&cells]);
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(out.as_bytes());
        for cell in reader.records().flat_map(|record| {
            record.unwrap().iter().map(str::to_owned).collect::<Vec<_>>()
        }) {
            let bare = cell.trim_start_matches([' ', '\u{feff}']);
            prop_assert!(!bare.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']), "{:?}", cell);
        }
    }
}
