//! The stable codes of enums: what stands in JSON, on the command line, in CSV and the database.
//!
//! Owns what follows from an enum's one statement of its codes, `serialize_all` of strum: the list
//! of all, the code, and reading it. serde, which writes the API and its document, says the same
//! words beside it; a rule of the layers' tests holds the two together. Must not know any enum.

/// Gives enums that derive strum's `VariantArray` and `VariantNames` their `ALL`, `code` and
/// `from_code`. A macro, for a trait can say none of these in a constant, and each of the many files
/// that name a code would import it. Variants have no numbers of their own.
macro_rules! coded {
    ($($name:ident),+) => {$(
        impl $name {
            /// All, in the order in which they are declared.
            pub const ALL: [Self; <Self as strum::VariantArray>::VARIANTS.len()] = {
                let all = <Self as strum::VariantArray>::VARIANTS;
                let mut each = [all[0]; <Self as strum::VariantArray>::VARIANTS.len()];
                let mut at = 1;
                while at < all.len() {
                    each[at] = all[at];
                    at += 1;
                }
                each
            };

            /// The stable name: in the API, on the command line, in files and the database.
            pub const fn code(self) -> &'static str {
                <Self as strum::VariantNames>::VARIANTS[self as usize]
            }

            /// Reads the stable name.
            pub fn from_code(code: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|one| one.code() == code)
            }
        }
    )+};
}

pub(crate) use coded;
