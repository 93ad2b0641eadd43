//! Revoking the token that is in use: a yes is too little, its id is typed (rule P5).

use crate::api::access::RevokeQuery;
use crate::api::call::{ApiError, Reply};
use crate::api::endpoint::{Endpoint as _, Nothing};
use crate::api::person::{RevokeToken, Token};
use crate::domain::untrusted::Untrusted;
use crate::tui::keymap::Action;
use crate::tui::loss;
use crate::tui::msg::RequestId;
use crate::tui::page::{Block, Edit, FieldSpec, Page};
use crate::tui::screen::{About, Cx, Here};
use crate::tui::screens::form::sent::Sent;
use crate::tui::screens::form::{Answered, Form};
use crate::tui::shell::quoted;
use crate::tui::theme::Tone;
use crate::tui::widget::field::Kind;
use crate::tui::wizard::step::Refusal;

const ID: &str = "id";

/// The form.
pub struct Typed {
    token: Token,
    said: String,
    sent: Sent<()>,
}

impl Typed {
    /// About the token in use.
    pub fn new(token: &Token) -> Self {
        Self { token: token.clone(), said: String::new(), sent: Sent::new(&[]) }
    }
}

impl Form for Typed {
    fn crumbs(&self) -> Vec<String> {
        vec!["Your access".to_owned(), "Revoke the token in use".to_owned()]
    }

    fn help(&self) -> About {
        About::of(
            "revoking the token in use",
            "It is the token that you are signed in with: once it is revoked you are signed out, \
             here and wherever else it is used. Type its id to say that this is meant.",
        )
    }

    fn page(&self, here: Here<'_>) -> Page {
        let lost = loss::token(&self.token, &|at| here.moment(at)).what;
        let id = Untrusted::new(self.token.id.as_str()).shown();
        let field = FieldSpec {
            kind: Kind::Confirmation,
            ..self.sent.field(ID, "Its id", &self.said, &format!("Type {id} to go on."))
        };
        let mut blocks: Vec<Block> = lost.lines().map(Block::prose).collect();
        blocks.extend([
            Block::Gap,
            Block::notice(Tone::Attention, "You are signed out with it."),
            Block::Gap,
            Block::Field(field),
            Block::Gap,
            self.sent.told("Revoking it", here),
        ]);
        let same_as = Some(format!("hublink token revoke {}", quoted(&self.token.id)));
        Page { blocks, same_as, ..Page::default() }
    }

    fn check(&self, _here: Here<'_>) -> Result<(), Refusal> {
        if self.said.trim() == self.token.id {
            return Ok(());
        }
        let id = Untrusted::new(self.token.id.as_str()).shown();
        Err(Refusal::field(ID, format!("Type its id to revoke it: {id}.")))
    }

    fn label(&self, action: Action) -> Option<String> {
        (action == Action::Next).then(|| "revoke it".to_owned())
    }

    fn on_edit(&mut self, edit: &Edit) {
        self.sent.forget();
        if let Edit::Text { field: ID, value } = edit {
            self.said.clone_from(value);
        }
    }

    fn send(&mut self, cx: &mut Cx<'_>) {
        let call = RevokeToken::call(self.token.id.clone(), RevokeQuery { in_use: true }, Nothing);
        self.sent.ask(call, cx);
    }

    fn on_reply(
        &mut self,
        id: RequestId,
        result: &Result<Reply, ApiError>,
        _cx: &mut Cx<'_>,
    ) -> Answered {
        match self.sent.take_by(id, result, |_| Some(())) {
            Err(answered) => answered,
            Ok(_) => Answered::Done("The token is revoked.".to_owned()),
        }
    }

    fn is_waiting(&self) -> bool {
        self.sent.is_waiting()
    }
}
