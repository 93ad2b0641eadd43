//! Flows: the interface driven key by key against a scripted backend, without terminal or clock.
//!
//! Owns whole ways through the wizards and what stands on screen at three sizes. The scripted
//! backend answers as the contract says; that the real one does is the contract tests' business.

#![expect(clippy::unwrap_used, reason = "a flow that cannot be set up fails")]
#![expect(clippy::panic, reason = "a flow that meets what it does not expect fails")]

#[path = "flows/access.rs"]
mod access;
#[path = "flows/adding.rs"]
mod adding;
#[path = "flows/admin.rs"]
mod admin;
#[path = "flows/boxes.rs"]
mod boxes;
#[path = "flows/contact_center.rs"]
mod contact_center;
#[path = "flows/cursor.rs"]
mod cursor;
#[path = "flows/domains.rs"]
mod domains;
#[path = "flows/drafts.rs"]
mod drafts;
#[path = "flows/fits.rs"]
mod fits;
#[path = "flows/following.rs"]
mod following;
#[path = "flows/forgotten.rs"]
mod forgotten;
#[path = "flows/home.rs"]
mod home;
#[path = "flows/hostile.rs"]
mod hostile;
#[path = "flows/insights.rs"]
mod insights;
#[path = "flows/invite.rs"]
mod invite;
#[path = "flows/keeping.rs"]
mod keeping;
#[path = "flows/link_site.rs"]
mod link_site;
#[path = "flows/listened.rs"]
mod listened;
#[path = "flows/lists.rs"]
mod lists;
#[path = "flows/method.rs"]
mod method;
#[path = "flows/mouse.rs"]
mod mouse;
#[path = "flows/offers.rs"]
mod offers;
#[path = "flows/onboarding.rs"]
mod onboarding;
#[path = "flows/order.rs"]
mod order;
#[path = "flows/palette.rs"]
mod palette;
#[path = "flows/places.rs"]
mod places;
#[path = "flows/plan.rs"]
mod plan;
#[path = "flows/press.rs"]
mod press;
#[path = "flows/provided.rs"]
mod provided;
#[path = "flows/quitting.rs"]
mod quitting;
#[path = "flows/report.rs"]
mod report;
#[path = "flows/results.rs"]
mod results;
#[path = "flows/room.rs"]
mod room;
#[path = "flows/same_as.rs"]
mod same_as;
#[path = "flows/script.rs"]
mod script;
#[path = "flows/select.rs"]
mod select;
#[path = "flows/selling.rs"]
mod selling;
#[path = "flows/setup.rs"]
mod setup;
#[path = "flows/sign_in.rs"]
mod sign_in;
#[path = "flows/snapshots.rs"]
mod snapshots;
#[path = "flows/timers.rs"]
mod timers;
#[path = "flows/told.rs"]
mod told;
#[path = "flows/tours.rs"]
mod tours;
#[path = "flows/trial.rs"]
mod trial;
#[path = "flows/trials.rs"]
mod trials;
#[path = "flows/unanswered.rs"]
mod unanswered;
#[path = "flows/way.rs"]
mod way;
#[path = "flows/welcome.rs"]
mod welcome;
#[path = "flows/welcome_mail.rs"]
mod welcome_mail;
#[path = "flows/world.rs"]
mod world;
