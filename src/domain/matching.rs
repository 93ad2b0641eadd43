//! Company names compared as people mean them (rules L2, T3): `ACME Inc.` is `Acmé GmbH`.
//!
//! Owns the folding (case, accents, width, punctuation), which legal forms are dropped, equality,
//! and sharing the first five characters. Must not decide who may see or choose a match.

use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

use super::fold::fold;

/// How many characters two names must share at their start (rule T3).
const START: usize = 5;

/// A company's name without what does not tell companies apart. Compared with `==`, except that a
/// name of which nothing is left is like no other: see [`CompanyName::is_same`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CompanyName(String);

impl CompanyName {
    /// Folds a name as written. `S.A.` and `SA`, `Co., Ltd.` and `㈱` are legal forms; a name that
    /// consists of them alone keeps its last word (`Limited Inc.` is `limited`).
    pub fn fold(name: &str) -> Self {
        let bare = without_attached(&plain(name));
        let words: Vec<&str> = bare.split(' ').filter(|word| !word.is_empty()).collect();
        let words = without_leading(without_trailing(&words));
        // Composed again, so that a Hangul syllable counts as the one character it is.
        Self(words.join(" ").nfc().collect())
    }

    /// The folded text; empty where the name had no letter or digit.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether both are the same company's name (rule L2).
    pub fn is_same(&self, other: &Self) -> bool {
        !self.0.is_empty() && self == other
    }

    /// Whether both share their first five characters; shorter names are compared whole (rule T3).
    pub fn starts_as(&self, other: &Self) -> bool {
        !self.0.is_empty() && self.0.chars().take(START).eq(other.0.chars().take(START))
    }
}

/// Whether two names as written are the same company's (rule L2).
pub fn is_same_company(one: &str, other: &str) -> bool {
    CompanyName::fold(one).is_same(&CompanyName::fold(other))
}

/// Whether two names as written share their first five characters (rule T3).
pub fn starts_as_company(one: &str, other: &str) -> bool {
    CompanyName::fold(one).starts_as(&CompanyName::fold(other))
}

/// Folded, with blanks for punctuation. Full stops and apostrophes go without a trace, so that
/// `S.A.` is `sa` and `O'Neill` is `oneill`; `+` stays, for names such as `A+`.
fn plain(name: &str) -> String {
    let mut folded = fold(name);
    for form in BRACKETED_FORMS.iter() {
        folded = folded.replace(form.as_str(), " ");
    }
    let mut out = String::with_capacity(folded.len());
    for c in folded.chars() {
        match c {
            '.'
            | '\''
            | '’'
            | '‘'
            | '`'
            | '´'
            | '"'
            | '“'
            | '”'
            | '„'
            | '«'
            | '»'
            | '·'
            | '・'
            | '\u{ad}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2060}'
            | '\u{feff}' => {}
            // Combining marks that make another letter are no letters themselves; they stay.
            c if c.is_alphanumeric() || c == '+' || is_mark(c) => out.push(c),
            _ => out.push(' '),
        }
    }
    out.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Legal forms at the end, one word or several, as often as they come: `acme holding gmbh co kg`.
fn without_trailing<'a, 'w>(words: &'a [&'w str]) -> &'a [&'w str] {
    let mut rest = words;
    'again: loop {
        // The longest form first: of `s p a` nothing may stay.
        for count in (1..=LONGEST.min(rest.len().saturating_sub(1))).rev() {
            let (before, form) = rest.split_at(rest.len() - count);
            if FORMS.contains(&form.concat()) {
                rest = without_joint(before);
                continue 'again;
            }
        }
        return rest;
    }
}

/// `Smith and Co.`: the word that joined the form to the name goes with it.
fn without_joint<'a, 'w>(words: &'a [&'w str]) -> &'a [&'w str] {
    match words {
        [before @ .., "and" | "und" | "et" | "y"] if !before.is_empty() => before,
        _ => words,
    }
}

/// Legal forms that are written before the name in their language.
fn without_leading<'a, 'w>(words: &'a [&'w str]) -> &'a [&'w str] {
    match words {
        [first, rest @ ..] if !rest.is_empty() && LEADING_FORMS.contains(*first) => rest,
        _ => words,
    }
}

/// Forms of languages that write no blanks stand before or after the name, without one.
fn without_attached(name: &str) -> String {
    let mut rest = name;
    loop {
        let cut = ATTACHED_FORMS.iter().find_map(|form| {
            let cut = rest.strip_prefix(form.as_str()).or_else(|| rest.strip_suffix(form.as_str()));
            cut.map(str::trim).filter(|cut| !cut.is_empty())
        });
        match cut {
            Some(cut) => rest = cut,
            None => return rest.to_owned(),
        }
    }
}

/// The most words one form is written in: `s de r l de c v`.
const LONGEST: usize = 7;

static FORMS: LazyLock<HashSet<String>> = LazyLock::new(|| folded(TRAILING));
static LEADING_FORMS: LazyLock<HashSet<String>> = LazyLock::new(|| folded(LEADING));
static ATTACHED_FORMS: LazyLock<Vec<String>> =
    LazyLock::new(|| ATTACHED.iter().map(|form| plain(form)).collect());
static BRACKETED_FORMS: LazyLock<Vec<String>> =
    LazyLock::new(|| BRACKETED.iter().map(|form| fold(form)).collect());

fn folded(forms: &[&str]) -> HashSet<String> {
    forms.iter().flat_map(|line| line.split(' ')).map(|form| plain(form).replace(' ', "")).collect()
}

/// Legal forms that follow a name, written without blanks, by language or country.
const TRAILING: &[&str] = &[
    // English
    "inc incorporated corp corporation co company ltd limited llc lc llp lp plc pllc pc pbc cic \
     colimited coltd coinc cocorp companylimited",
    "privatelimited pvtltd pvt pteltd pte ptyltd pty ptylimited proprietarylimited sdnbhd bhd \
     berhad ulc unlimited gp dac clg",
    // German
    "gmbh ggmbh gesmbh mbh ag kg kgaa ohg ug se ek ev eg gbr partg stiftung gmbhcokg \
     agcokg cokg cokgaa aktiengesellschaft haftungsbeschränkt ughaftungsbeschränkt kommanditgesellschaft \
     gesellschaftmitbeschränkterhaftung",
    // French
    "sa sas sasu sarl eurl snc sca scs scop gie sàrl sociétéanonyme sociétéàresponsabilitélimitée",
    // Spanish, Portuguese, Latin America
    "sl slu sau sll sc sadecv sabdecv sapidecv srldecv sderl sderldecv cv cia cía compañía \
     ltda limitada eireli epp lda sgps unipessoal unipessoallda ei saa saic sacif sociedadanónima \
     sociedadlimitada sociedadeanônima",
    // Italian, Romanian
    "spa srl srls sapa sas snc societàperazioni",
    // Dutch, Belgian
    "bv nv vof cvba bvba sprl gcv",
    // Nordic
    "ab abpubl publ as asa aps ks hb kb oy oyj ry hf ehf sf aktiebolag aktieselskab \
     aksjeselskap anpartsselskab osakeyhtiö",
    // Central and eastern Europe
    "sro spolsro as akciovaspolocnost ks vos spzoo spzoospk spółkazoo sa spk spj kft zrt nyrt bt rt \
     kkt doo dd dooel jdoo ad ead ood eood eoodo ooo oao zao pao ao ооо оао зао пао ао ип тов пат \
     прат ат тдв оод еоод ад еад доо uab ab oü as sia ik mb",
    // Greek, Turkish
    "ae epe ike oe ee αε επε ικε οε εε aş ltdşti ltdsti şti sti anonimşirketi limitedşirketi sanve",
    // Asia and the Middle East, in Latin letters
    "kk kabushikikaisha yk gk godokaisha kabushikigaisha tbk pt jsc cjsc ojsc pjsc fzco fze fzllc \
     fzc wll saoc saog psc bsc ksc llcfz dmcc jointstockcompany",
];

/// Legal forms that stand before a name; only such as are no ordinary beginning of one.
const LEADING: &[&str] =
    &["pt cv ud ooo oao zao pao ооо оао зао пао ао ип тов пат прат uab sia sarl eurl oy \
     aktiebolaget kabushikikaisha tnhh ctcp"];

/// Legal forms without blanks around them.
const ATTACHED: &[&str] = &[
    "株式会社",
    "有限会社",
    "合同会社",
    "合資会社",
    "合名会社",
    "一般社団法人",
    "一般財団法人",
    "股份有限公司",
    "有限责任公司",
    "有限責任公司",
    "有限公司",
    "公司",
    "주식회사",
    "유한회사",
    "유한책임회사",
    "บริษัท",
    "จำกัด",
    "công ty tnhh",
    "công ty cổ phần",
];

/// Legal forms that are one character between brackets; `㈱` folds to such a one.
const BRACKETED: &[&str] = &["(株)", "(有)", "(同)", "(주)", "(유)", "(มหาชน)"];

#[cfg(test)]
mod tests;
