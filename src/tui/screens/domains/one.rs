//! One domain of an organization: its record, and what can be done with it (rules D1 to D3).
//!
//! Owns the acts and the questions before what is lost: they tell how many people of the
//! organization's sites are under the domain, as the command line does.

use std::collections::VecDeque;

use super::{name, state};
use crate::api::call::{ApiError, Reply};
use crate::api::demo::{PublishTxt, PublishTxtCall};
use crate::api::domains::{
    CheckResult, ClaimDomain, OrgDomain, ReleaseDomain, RemoveDomain, UnverifyDomain, VerifyDomain,
};
use crate::api::endpoint;
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::page::PageQuery;
use crate::api::site::{ListSiteDomains, ListSites, Site, SiteDomain};
use crate::domain::organization::DomainState;
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::{Action, Availability, Scope};
use crate::tui::load::{Listing, Load};
use crate::tui::loss::{self, Under};
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Page, RowSpec, Rows, Stop};
use crate::tui::screen::{About, Cx, Flow, Header, Here, Look};
use crate::tui::screens::admins::{act, question};
use crate::tui::screens::list::{List, Opens};
use crate::tui::shell::quoted;
use crate::tui::theme::Tone;
use crate::tui::wizard::asking;

const ACTS: &str = "acts";

/// What can be done with a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Act {
    Verify,
    Claim,
    Unverify,
    Release,
    Remove,
}

impl Act {
    const ALL: [Self; 5] = [Self::Verify, Self::Claim, Self::Unverify, Self::Release, Self::Remove];

    const fn code(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Claim => "claim",
            Self::Unverify => "unverify",
            Self::Release => "release",
            Self::Remove => "remove",
        }
    }

    const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Verify => ("Look the record up now", "uncached"),
            Self::Claim => ("Claim it", "no other organization has people under it then"),
            Self::Unverify => ("Unverify it", "after a question; a new record would be needed"),
            Self::Release => ("Release the claim", "after a question; it stays verified"),
            Self::Remove => ("Remove it", "after a question; it is not looked up any more"),
        }
    }

    /// Whether it can be done with a domain in this state.
    fn fits(self, state: DomainState) -> bool {
        match self {
            Self::Verify | Self::Remove => state == DomainState::Pending,
            Self::Claim | Self::Unverify => state == DomainState::Verified,
            Self::Release => state == DomainState::Claimed,
        }
    }

    /// Whether something is lost by it.
    const fn loses(self) -> bool {
        matches!(self, Self::Unverify | Self::Release | Self::Remove)
    }
}

/// The page.
pub struct One {
    organization: Untrusted,
    domain: OrgDomain,
    doing: Load<OrgDomain>,
    asked: Option<Act>,
    /// It is being taken away.
    removing: bool,
    sites: Listing<Site>,
    /// The sites whose domains are still to be asked for.
    waiting: VecDeque<String>,
    of_site: Load<Vec<SiteDomain>>,
    under: Under,
    counted: bool,
    /// Publishing the record in the demo's DNS.
    publishing: Load<()>,
    is_demo: bool,
}

impl One {
    /// A domain of an organization.
    pub fn new(organization: &Untrusted, domain: &OrgDomain) -> Self {
        let request = |query: PageQuery, _: &str| ListSites::call(Nothing, query, Nothing);
        Self {
            organization: organization.clone(),
            domain: domain.clone(),
            doing: Load::default(),
            asked: None,
            removing: false,
            sites: Listing::whole(request),
            waiting: VecDeque::new(),
            of_site: Load::default(),
            under: Under::default(),
            counted: false,
            publishing: Load::default(),
            is_demo: false,
        }
    }

    fn acts(&self) -> impl Iterator<Item = Act> {
        let state = self.domain.state;
        Act::ALL.into_iter().filter(move |act| act.fits(state))
    }

    fn send(&mut self, act: Act, cx: &mut Cx<'_>) {
        let id = self.organization.raw().to_owned();
        let name = self.domain.name.raw().to_owned();
        let call = match act {
            Act::Verify => VerifyDomain::call((id, name), Nothing, Nothing),
            Act::Claim => ClaimDomain::call((id, name), Nothing, Nothing),
            Act::Unverify => UnverifyDomain::call((id, name), Nothing, Nothing),
            Act::Release => ReleaseDomain::call((id, name), Nothing, Nothing),
            Act::Remove => RemoveDomain::call((id, name), Nothing, Nothing),
        };
        self.removing = act == Act::Remove;
        self.doing.ask(call, cx);
    }

    /// The record, while it is needed.
    fn record(&self, here: Here<'_>) -> Vec<Block> {
        if self.domain.state != DomainState::Pending {
            return Vec::new();
        }
        let challenge = &self.domain.challenge;
        let label = "Publish this TXT record. Its name".to_owned();
        let mut blocks = vec![
            Block::Gap,
            Block::Value { label, value: challenge.record_name.shown() },
            Block::Value { label: "Its value".to_owned(), value: challenge.record_value.shown() },
        ];
        let words = match &self.domain.last_check {
            None => "Not looked up yet.".to_owned(),
            Some(check) => {
                let found = match check.result {
                    CheckResult::Found => "the record is there",
                    CheckResult::NotFound => "nothing of ours is published under this name yet",
                    CheckResult::WrongToken => "a record with another value is there",
                    CheckResult::Failed => "the look-up failed, which changes nothing",
                };
                let detail = check.detail.shown_in(400);
                let more =
                    if check.detail.is_empty() { String::new() } else { format!(". {detail}") };
                format!("{}: {found}{more}", here.moment(check.at))
            }
        };
        blocks.push(Block::aside(words));
        blocks
    }

    /// The next site whose domains are counted; whether all are.
    fn count_on(&mut self, cx: &mut Cx<'_>) {
        if self.counted || self.of_site.is_waiting() || !self.sites.has_come() {
            return;
        }
        match self.waiting.pop_front() {
            Some(url) => self.of_site.ask(ListSiteDomains::call(url, Nothing, Nothing), cx),
            None => self.counted = self.of_site.error().is_none(),
        }
    }
}

impl List for One {
    fn header(&self, look: &Look<'_>) -> Header {
        let right = look.here.session.who(&look.here.session.roles());
        let of = look.here.session.name_of(&self.organization).shown().to_string();
        Header { crumbs: vec![of, "Domains".to_owned(), name(&self.domain)], right }
    }

    fn help(&self) -> About {
        About::of(
            "a domain",
            "A domain is proven by its TXT record. Unverifying takes the proof back: its people who \
             are not linked yet are held or e-mailed again, and a new record is needed. A claim \
             keeps other organizations from having people under it; releasing it lets them. Both \
             ask first, and say how many people are under the domain. One that is not proven can be \
             removed.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        let (tone, words) = state(&self.domain);
        let mut blocks = vec![
            Block::Heading(name(&self.domain)),
            Block::notice(tone, format!("It is {words}.")),
            Block::Facts(vec![("Added".to_owned(), here.moment(self.domain.added_at))]),
        ];
        blocks.extend(self.record(here));
        blocks.push(Block::Gap);
        let row = |one: Act| -> RowSpec { act(one.code(), one.words().0, one.words().1) };
        let rows = self.acts().map(row).collect();
        blocks.push(Block::Rows(Rows { key: ACTS, rows, empty: String::new() }));
        match self.doing.error() {
            Some(error) => blocks.extend([Block::Gap, asking::failed(error, here)]),
            None => blocks.push(Block::aside(asking::waiting(&self.doing, "Doing it", here))),
        }
        if let Some(error) = self.sites.error().or(self.of_site.error()) {
            blocks.push(asking::failed(error, here));
        }
        let (id, name) = (quoted(self.organization.raw()), quoted(self.domain.name.raw()));
        let line = |verb: &str| format!("hublink domain {verb} --org {id} {name}");
        let rows_same_as =
            self.acts().map(|act| (act.code().to_owned(), line(act.code()))).collect();
        let same_as = self.acts().next().map(|act| line(act.code()));
        let same_as = same_as.or_else(|| Some(format!("hublink domain list --org {id}")));
        let first = self.acts().next().map(|_| ACTS);
        Page { blocks, same_as, rows_same_as, first, ..Page::default() }
    }

    fn ask(&mut self, cx: &mut Cx<'_>) {
        (self.under, self.counted) = (Under::default(), false);
        self.sites.ask(cx);
    }

    fn scopes(&self) -> &'static [Scope] {
        &[Scope::Domains]
    }

    fn can(&self, action: Action) -> Availability {
        let pending = self.domain.state == DomainState::Pending;
        match action {
            Action::Publish if !self.is_demo => Availability::Hidden,
            Action::Publish if self.publishing.is_waiting() => {
                Availability::Disabled("The record is being published.".into())
            }
            Action::Publish => {
                Availability::ready_if(pending, "It is proven; nothing is to be published.")
            }
            _ => Availability::Hidden,
        }
    }

    fn act(&mut self, _action: Action, cx: &mut Cx<'_>) -> Flow {
        let challenge = &self.domain.challenge;
        let record = PublishTxt {
            name: challenge.record_name.raw().to_owned(),
            value: challenge.record_value.raw().to_owned(),
        };
        self.publishing.ask(PublishTxtCall::call(Nothing, Nothing, record), cx);
        Flow::Stay
    }

    /// The question above was closed: nothing has changed by that.
    fn on_return(&mut self, _cx: &mut Cx<'_>) {}

    fn opens(&self, stop: &Stop) -> Option<Opens> {
        let Stop::Row(ACTS, id) = stop else { return None };
        let act = self.acts().find(|act| act.code() == id)?;
        let label = act.words().0.to_lowercase();
        let name = self.domain.name.raw();
        let opens = if act.loses() {
            Opens::page(label)
        } else {
            Opens::act(label, format!("{} {name}", act.code()))
        };
        if act.loses() && !self.counted {
            let why = "The people under it are being counted.";
            return Some(Opens { availability: Availability::Disabled(why.into()), ..opens });
        }
        Some(opens.unless(self.doing.is_waiting()))
    }

    fn open(&mut self, stop: &Stop, cx: &mut Cx<'_>) -> Flow {
        let Stop::Row(ACTS, id) = stop else { return Flow::Stay };
        let Some(act) = self.acts().find(|act| act.code() == id) else { return Flow::Stay };
        if !act.loses() {
            self.send(act, cx);
            return Flow::Stay;
        }
        self.asked = Some(act);
        let lost = match act {
            Act::Release => loss::released(&self.domain.name, self.under),
            Act::Remove => loss::removed(&self.domain.name),
            _ => loss::unproven(&self.domain.name, self.under),
        };
        Flow::Push(question(lost, act.words().0))
    }

    fn on_answer(&mut self, yes: bool, cx: &mut Cx<'_>) {
        if let Some(act) = self.asked.take().filter(|act| yes && act.fits(self.domain.state)) {
            self.send(act, cx);
        }
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        cx: &mut Cx<'_>,
    ) -> Flow {
        let as_counts = |reply: &Reply| {
            reply.get::<endpoint::List<SiteDomain>>().map(|domains| domains.0.clone())
        };
        if self.sites.take(id, result, cx) {
            let mine = |site: &&Site| site.organization.as_deref() == Some(self.organization.raw());
            let urls = self.sites.items().iter().filter(mine);
            self.waiting = urls.map(|site| site.url.raw().to_owned()).collect();
            self.under = Under::default();
        } else if let Some(domains) = self.of_site.answer_by(id, result, as_counts) {
            if let Some(mine) = domains.iter().find(|one| one.name == self.domain.name) {
                self.under.take(mine.users, mine.linked);
            }
        } else if self.publishing.take_by(id, result, |_| Some(())) {
            match result {
                Ok(_) => cx.toast(Tone::Done, "Published in the demo's DNS. Look it up now."),
                Err(error) => cx.toast(Tone::Refused, error.to_string()),
            }
        } else if let Some(domain) = self.doing.answer(id, result) {
            if self.removing {
                cx.toast(Tone::Done, format!("{} is removed.", domain.name.shown()));
                return Flow::Pop;
            }
            self.domain = domain.clone();
            let words = format!("{} is {}.", self.domain.name.shown(), state(&self.domain).1);
            cx.toast(state(&self.domain).0, words);
        }
        Flow::Stay
    }

    fn reconcile(&mut self, cx: &mut Cx<'_>) {
        self.is_demo = cx.session.is_demo();
        self.count_on(cx);
    }
}
