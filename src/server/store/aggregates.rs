//! Many values in one row of an answer: their texts joined, and their lengths beside.
//!
//! Owns taking them apart. A row of its own for each value costs ten times what the database needs
//! for it, on its way through the driver; whoever reads a whole roster reads it like this.

use sqlx::Row;
use sqlx::sqlite::SqliteRow;

/// The values of one column, in order.
#[derive(Debug)]
pub struct Values<'r> {
    text: &'r str,
    lengths: Split<'r>,
}

/// Numbers, or other words without a comma, with commas between.
pub type Split<'r> = std::str::Split<'r, char>;

impl<'r> Values<'r> {
    /// Of `string_agg(x, '') AS NAME` and, beside it,
    /// `string_agg(CAST(octet_length(x) AS TEXT), ',') AS NAME_lengths`.
    ///
    /// # Errors
    /// When these are no texts.
    pub fn read(row: &'r SqliteRow, column: &str) -> Result<Self, sqlx::Error> {
        let text: Option<&str> = row.try_get(column)?;
        let lengths = split(row, &format!("{column}_lengths"))?;
        Ok(Self { text: text.unwrap_or_default(), lengths })
    }
}

impl<'r> Iterator for Values<'r> {
    type Item = &'r str;

    /// The next value; none where the two do not fit, or at the end.
    fn next(&mut self) -> Option<&'r str> {
        let length = self.lengths.next()?.parse().ok()?;
        let (value, rest) = self.text.split_at_checked(length)?;
        self.text = rest;
        Some(value)
    }
}

/// The words of `string_agg(x, ',')` at a column. Of no rows it is one empty word.
///
/// # Errors
/// When this is no text.
pub fn split<'r>(row: &'r SqliteRow, column: &str) -> Result<Split<'r>, sqlx::Error> {
    Ok(row.try_get::<Option<&str>, _>(column)?.unwrap_or_default().split(','))
}
