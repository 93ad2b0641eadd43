//! A list of people that is a table: under a header it is read by its columns (SPEC section 5).
//!
//! Owns which column has the addresses and which the `UserID`s, and rows whose cells hold line
//! breaks. Where a text is no table it says so, and is read line by line elsewhere. Must not match
//! anybody.

use super::Limits;
use super::layout::squeeze;
use super::open::Start;
use super::records::{Delimiter, Record, Records};

/// What a row of a table says of whom is meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListRow {
    /// The physical line on which it starts.
    pub line: u64,
    /// The whole row, for showing.
    pub text: String,
    /// Who.
    pub who: Who,
}

/// Who a row means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Who {
    /// Whoever has the addresses in this text.
    Addresses(String),
    /// The user with this id.
    UserId(String),
    /// Nobody: there is neither.
    Nobody,
}

/// Columns of addresses, the surest first: of several, one is read. The last may be a street.
const ADDRESSES: [&str; 14] = [
    "email",
    "e-mail",
    "emailaddress",
    "e-mailaddress",
    "email-address",
    "e-mail-address",
    "userid/email",
    "e-mail-adresse",
    "e-mailadresse",
    "useremail",
    "userprincipalname",
    "mail",
    "mailaddress",
    "address",
];
const USER_ID: &str = "userid";

/// The longest cell of a list; more is no table.
const LIMITS: Limits =
    Limits { bytes: usize::MAX, rows: usize::MAX, columns: 4_096, cell: 1 << 20 };

/// The rows of a list that is a table; `None` where it is none, and its lines count.
pub fn read_list(text: &str) -> Option<Vec<ListRow>> {
    let start = Start::of(text).ok()?;
    let delimiters = Delimiter::ALL.into_iter();
    let mut delimiters = delimiters.filter(|one| start.named.is_none_or(|named| named == *one));
    delimiters.find_map(|delimiter| {
        let mut records = Records::new(start.rest, start.line, delimiter, &LIMITS);
        let mut header = Record::default();
        records.row(&mut header).ok().filter(|there| *there)?;
        match Header::of(&header) {
            Some(header) => rows(records, |record| header.who(record)),
            // Without a header, quotes alone make more of it than lines are.
            None if header.len() > 1 && text.contains('"') => {
                let records = Records::new(start.rest, start.line, delimiter, &LIMITS);
                let columns = header.len();
                rows_of_width(records, columns)
            }
            None => None,
        }
    })
}

fn rows(mut records: Records<'_>, who: impl Fn(&Record) -> Who) -> Option<Vec<ListRow>> {
    let mut record = Record::default();
    let mut rows = Vec::new();
    while records.row(&mut record).ok()? {
        rows.push(ListRow { line: record.line, text: joined(&record), who: who(&record) });
    }
    Some(rows)
}

fn rows_of_width(mut records: Records<'_>, columns: usize) -> Option<Vec<ListRow>> {
    let mut record = Record::default();
    let mut rows = Vec::new();
    while records.row(&mut record).ok()? {
        if record.len() != columns {
            return None;
        }
        let text = joined(&record);
        let who = match filled(&record).as_slice() {
            _ if text.contains('@') => {
                Who::Addresses(record.fields().collect::<Vec<_>>().join("\t"))
            }
            [alone] => Who::UserId((*alone).to_owned()),
            _ => Who::Nobody,
        };
        rows.push(ListRow { line: record.line, text, who });
    }
    Some(rows)
}

/// The cells with text.
fn filled(record: &Record) -> Vec<&str> {
    record.fields().map(str::trim).filter(|cell| !cell.is_empty()).collect()
}

fn joined(record: &Record) -> String {
    filled(record).join(", ")
}

/// Where the columns stand.
struct Header {
    address: Option<usize>,
    user_id: Option<usize>,
}

impl Header {
    /// Reads a first row; `None` where it is no header.
    fn of(record: &Record) -> Option<Self> {
        if record.fields().any(|cell| cell.contains('@')) {
            return None;
        }
        let names: Vec<String> = record.fields().map(squeeze).collect();
        let place = |wanted: &str| names.iter().position(|name| name == wanted);
        let address = ADDRESSES.iter().find_map(|wanted| place(wanted));
        let user_id = place(USER_ID);
        (address.is_some() || user_id.is_some()).then_some(Self { address, user_id })
    }

    fn who(&self, record: &Record) -> Who {
        let cell = |at: Option<usize>| {
            let text = at.and_then(|at| record.fields().nth(at)).unwrap_or_default().trim();
            (!text.is_empty()).then(|| text.to_owned())
        };
        match (cell(self.address), cell(self.user_id)) {
            (Some(address), _) => Who::Addresses(address),
            (None, Some(user_id)) => Who::UserId(user_id),
            (None, None) => Who::Nobody,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(u64, Who)> {
        read_list(text).unwrap().into_iter().map(|row| (row.line, row.who)).collect()
    }

    fn address(text: &str) -> Who {
        Who::Addresses(text.to_owned())
    }

    #[test]
    fn section_5_a_table_with_a_header_is_read_by_its_columns() {
        let text = "no,name,E-mail,Address\n7,Kit,kit@acme.example,12 High Street\n\
            8,\"Lu\nLow\",lu@acme.example,\n9,Mo,,\n";
        let want =
            [(2, address("kit@acme.example")), (3, address("lu@acme.example")), (5, Who::Nobody)];
        assert_eq!(read(text), want);
        let ids = "sep=;\nFirst;UserID;Email\nKit;0071;\nLu;0072;lu@acme.example\n;;\n";
        let want = [(3, Who::UserId("0071".to_owned())), (4, address("lu@acme.example"))];
        assert_eq!(read(ids), want);
        assert_eq!(read("Email\nkit@acme.example\n"), [(2, address("kit@acme.example"))]);
        let hub = "User ID/Email(Required)\tPhone\nkit@acme.example\t7\n";
        assert_eq!(read(hub), [(2, address("kit@acme.example"))]);
    }

    #[test]
    fn section_5_what_is_no_table_is_read_by_lines() {
        for text in [
            "kit@acme.example\nlu@acme.example",
            "0071\n0072\n",
            "Kit \"the rock Ng <kit@acme.example>; Lu <lu@acme.example>\nMo <mo@acme.example>",
            "\"Ng, Kit\" <kit@acme.example>; \"Low, Lu\" <lu@acme.example>",
            "Email\n\"kit@acme.example",
            "",
        ] {
            assert_eq!(read_list(text), None, "{text}");
        }
        let quoted = "\"Ng\n0071\",kit@acme.example\nLu,lu@acme.example\n,0072\n";
        let told = read(quoted);
        assert_eq!(told[0], (1, address("Ng\n0071\tkit@acme.example")));
        assert_eq!(told[2], (4, Who::UserId("0072".to_owned())));
    }
}
