//! The full-screen wizard: Elm outside, small traits inside (ARCHITECTURE).
//!
//! Owns everything between a key press and a frame. Pure but for `runtime` and `terminal`: no
//! other file here knows a clock, a disk, a network or a channel. What leaves is an [`Effect`],
//! what comes back is a [`Msg`].
//!
//! [`Effect`]: effect::Effect
//! [`Msg`]: msg::Msg

pub mod app;
pub mod browse;
pub mod effect;
pub mod export;
pub mod keymap;
pub mod layout;
pub mod load;
pub mod msg;
pub mod overlay;
pub mod page;
pub mod people;
pub mod pilot;
pub mod screen;
pub mod screens;
pub mod session;
pub mod theme;
pub mod when;
pub mod widget;
pub mod wizard;
