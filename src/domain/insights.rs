//! What a linked site tells about its meetings (rule L9): words, periods, quality, and the feed.
//!
//! Owns the vocabulary of reports and devices. How a stretch of time is cut is [`period`]'s, when
//! quality is good [`quality`]'s, what a feed may say [`feed`]'s and
//! [`people`]'s. Must not know how it is stored.

pub mod feed;
pub mod people;
pub mod period;
pub mod quality;

use serde::{Deserialize, Serialize};
use strum::{VariantArray, VariantNames};
use utoipa::ToSchema;

use super::code::coded;

/// One of the reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum Report {
    /// Meetings, participants, minutes, hosts.
    Engagement,
    /// Minutes by the way of the sound.
    Audio,
    /// How the meetings looked and sounded.
    Quality,
}

coded!(Report);

/// How somebody's sound came into a meeting.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum AudioType {
    /// By the app or the browser.
    Voip,
    /// They dialled a paid number.
    CallIn,
    /// They dialled a free number.
    TollFree,
    /// The meeting called them.
    CallBack,
    /// A room system dialled in.
    VideoSystem,
}

coded!(AudioType);

impl AudioType {
    /// The words on screens.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Voip => "VoIP",
            Self::CallIn => "Call-in",
            Self::TollFree => "Call-in, toll-free",
            Self::CallBack => "Call-back",
            Self::VideoSystem => "Video system",
        }
    }
}

/// What kind of device is registered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum DeviceKind {
    /// In a meeting room.
    Room,
    /// On somebody's desk.
    Desk,
    /// A board to write on.
    Board,
    /// A telephone.
    Phone,
    /// Anything else.
    Other,
}

coded!(DeviceKind);

/// How a device is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[derive(VariantArray, VariantNames)]
#[strum(serialize_all = "snake_case")]
pub enum DeviceState {
    /// Connected.
    Online,
    /// Connected, and something is wrong with it.
    Issues,
    /// Not connected.
    Offline,
}

coded!(DeviceState);

/// The one of these that a feed's word means: its code, however it is cased and hyphenated.
pub fn meant<T: Copy, const N: usize>(
    all: [T; N],
    code: fn(T) -> &'static str,
    word: &str,
) -> Option<T> {
    all.into_iter().find(|one| plain(code(*one)) == plain(word))
}

/// A word of a feed without case, blanks and hyphens.
pub fn plain(word: &str) -> String {
    word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l9_words_of_feeds_are_read_however_they_are_spelled() {
        let audio = |word| meant(AudioType::ALL, AudioType::code, word);
        for one in AudioType::ALL {
            assert_eq!(audio(one.code()), Some(one));
        }
        assert_eq!(audio("VoIP"), Some(AudioType::Voip));
        assert_eq!(audio("Call-in"), Some(AudioType::CallIn));
        assert_eq!(audio("pigeon"), None);
        assert_eq!(meant(DeviceKind::ALL, DeviceKind::code, "ROOM"), Some(DeviceKind::Room));
        let offline = meant(DeviceState::ALL, DeviceState::code, "Offline");
        assert_eq!(offline, Some(DeviceState::Offline));
        assert_eq!(Report::from_code("audio"), Some(Report::Audio));
    }
}
