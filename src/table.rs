//! CSV and TSV dialects and encodings: bytes in, rows or a located error out.
