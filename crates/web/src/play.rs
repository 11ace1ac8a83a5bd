//! One line of the worklist: who and what, why now, the next step, and the evidence behind it.

use decide::card::Card;
use domain::money::Currency;
use domain::time::Day;
use domain::words::Lang;
use store::PlayRow;

use crate::answered::{AnswerView, Answered};
use crate::evidence::Evidence;
use crate::frame::Place;
use crate::names::{Names, Who};
use crate::show;
use crate::state::{AppState, Overview};
use crate::words::{self, either, play as say};

/// A due date further away stands without its days left.
const DAYS_COUNTED_MAX: i32 = 365;

/// What lines are drawn with.
#[derive(Clone, Copy)]
pub(crate) struct Desk<'a> {
    pub(crate) lang: Lang,
    pub(crate) currency: Currency,
    pub(crate) base: &'a str,
    pub(crate) names: &'a Names,
    pub(crate) overview: &'a Overview,
    /// Where the plays stand that somebody answered.
    pub(crate) answered: &'a Answered,
    /// The day on which answers are written.
    pub(crate) today: Day,
    /// Whether expected profit is shown, or a band of priority in its place.
    pub(crate) profit: bool,
}

impl<'a> Desk<'a> {
    /// For who reads this page, of plays whose names and answers were read.
    pub(crate) fn new(
        state: &AppState,
        place: &Place,
        (base, names): (&'a str, &'a Names),
        (overview, answered): (&'a Overview, &'a Answered),
    ) -> Self {
        Self {
            lang: place.lang(),
            currency: state.currency,
            base,
            names,
            overview,
            answered,
            today: state.today(Some(overview)),
            profit: place.reader.visitor.sees_profit(),
        }
    }

    /// On what an amount rests: `(税抜・定価)`.
    fn basis(&self, row: &PlayRow, card: Option<&Card>) -> String {
        let tax = row.product_id.as_ref().and_then(|product| self.overview.taxes.get(product));
        let tax = tax.map(|tax| words::tax(self.lang, tax));
        let price = card.map(|card| words::price_basis(self.lang, &card.price_basis));
        let parts: Vec<String> = tax.into_iter().chain(price).collect();
        if parts.is_empty() {
            return String::new();
        }
        let parts = parts.join(either(self.lang, "・", ", ").as_str());
        either(self.lang, format!("({parts})"), format!(" ({parts})"))
    }
}

/// The odds of one play.
pub(crate) struct OddsView {
    pub(crate) label: &'static str,
    pub(crate) percent: String,
    pub(crate) band: String,
    pub(crate) provenance: String,
}

/// One line, ready to be drawn.
pub(crate) struct PlayView {
    pub(crate) anchor: String,
    pub(crate) rank: i64,
    pub(crate) account_url: String,
    pub(crate) account: String,
    pub(crate) parent: Option<String>,
    pub(crate) title: String,
    /// Empty where the title says the same.
    pub(crate) motion: String,
    pub(crate) hue: &'static str,
    /// The label and the amount, or what stands for it; nothing for a rep's own.
    pub(crate) change: (&'static str, String),
    pub(crate) basis: String,
    /// None for care that nobody can accept.
    pub(crate) odds: Option<OddsView>,
    pub(crate) reasons: Vec<String>,
    pub(crate) next_step: String,
    pub(crate) contact: Option<Who>,
    pub(crate) means: Vec<String>,
    pub(crate) owner: Option<String>,
    /// How it goes with the account: health and NPS, where the page reads them.
    pub(crate) standing: Vec<String>,
    pub(crate) week: String,
    pub(crate) due: Option<String>,
    pub(crate) open: String,
    pub(crate) evidence: Option<Evidence>,
    /// Whether its evidence and its forms are open at first.
    pub(crate) is_open: bool,
    /// The page that has them, where this one would weigh too much with those of every line.
    pub(crate) elsewhere: Option<String>,
    pub(crate) answer: AnswerView,
}

impl PlayView {
    /// Draws a row of the plan.
    pub(crate) fn new(row: &PlayRow, desk: &Desk) -> Self {
        let lang = desk.lang;
        let card = read_card(row);
        let account = desk.names.account(row.account_key);
        let evidence = card.as_ref().map(|card| Evidence::new(row, card, desk));
        let motion = words::motion(lang, &row.motion);
        let answer = AnswerView::new(row, desk);
        let title = card.as_ref().map_or(motion.clone(), |card| card.title.get(lang).to_owned());
        let lines = evidence.as_ref().map_or(0, Evidence::len);
        Self {
            anchor: row.play_id.clone(),
            rank: if answer.has_ended() { 0 } else { row.rank },
            account_url: account.url(desk.base),
            account: account.name.clone(),
            parent: account.parent.clone().filter(|parent| !account.name.starts_with(parent)),
            motion: if says_motion(row, &title, &motion) { String::new() } else { motion },
            title,
            hue: words::motion_hue(&row.motion),
            change: change(row, card.as_ref(), desk),
            basis: basis(row, card.as_ref(), desk),
            odds: odds(row, card.as_ref(), lang),
            reasons: reasons(row, card.as_ref(), lang),
            next_step: card
                .as_ref()
                .filter(|_| row.motion != "own")
                .map_or_else(String::new, |card| {
                    card.next_step.get(lang).trim_end_matches(['。', '.']).to_owned()
                }),
            contact: row.contact_key.and_then(|key| {
                let who = desk.names.contact(key)?;
                Some(who.clone().in_words(lang))
            }),
            means: means(row, lang),
            owner: desk
                .answered
                .get(&row.play_id)
                .and_then(|state| state.assigned.as_ref())
                .or(row.owner.as_ref())
                .map(|rep| desk.names.rep(rep)),
            standing: Vec::new(),
            week: Day::parse_iso(&row.week).map_or_else(String::new, |monday| {
                say::planned(lang, &say::week_of(lang, &show::short_date(lang, monday)))
            }),
            due: row.due.as_deref().map(|due| due_text(due, desk)),
            open: say::open_evidence(lang, lines),
            // A rep's own play has no more behind it than the rep's word.
            evidence: evidence.filter(|_| row.motion != "own"),
            is_open: false,
            elsewhere: None,
            answer,
        }
    }
}

/// Whether the title says what the motion would say before it.
fn says_motion(row: &PlayRow, title: &str, motion: &str) -> bool {
    title.starts_with(motion) || row.motion == "advance"
}

/// What a play offers.
pub(crate) fn title(row: &PlayRow, lang: Lang) -> String {
    let card = read_card(row);
    card.map_or_else(|| words::motion(lang, &row.motion), |card| card.title.get(lang).to_owned())
}

fn read_card(row: &PlayRow) -> Option<Card> {
    match serde_json::from_str(&row.card) {
        Ok(card) => Some(card),
        Err(error) => {
            tracing::warn!(play = row.play_id, %error, "the card of a play could not be read");
            None
        }
    }
}

fn has_amount(row: &PlayRow, card: Option<&Card>) -> bool {
    row.revenue_month_minor != 0
        || card.is_some_and(|card| card.once_minor != 0 || card.kept_month_minor != 0)
}

fn change(row: &PlayRow, card: Option<&Card>, desk: &Desk) -> (&'static str, String) {
    let w = words::PlayWords::of(desk.lang);
    if row.motion == "own" {
        return ("", String::new());
    }
    if !has_amount(row, card) {
        let unknown = card.is_some_and(|card| card.price_basis == "unknown");
        let protects = words::motion_hue(&row.motion) == "protect";
        let text = if unknown && !protects { w.unknown_amount } else { w.no_amount };
        return (text, String::new());
    }
    let mut parts = Vec::new();
    let kept = card.map_or(0, |card| card.kept_month_minor);
    if kept != 0 {
        parts.push(say::a_month(desk.lang, &desk.currency.display(kept)));
    }
    if row.revenue_month_minor != 0 {
        let amount = show::signed(desk.currency, row.revenue_month_minor);
        let month = say::a_month(desk.lang, &amount);
        parts.push(if kept == 0 { month } else { format!("{} {month}", w.accepted) });
    }
    if let Some(card) = card.filter(|card| card.once_minor != 0) {
        parts.push(format!("{} {}", show::signed(desk.currency, card.once_minor), w.once));
    }
    let label = if kept == 0 { w.accepted } else { w.keeps };
    (label, parts.join(either(desk.lang, "、", ", ").as_str()))
}

fn basis(row: &PlayRow, card: Option<&Card>, desk: &Desk) -> String {
    if has_amount(row, card) { desk.basis(row, card) } else { String::new() }
}

fn odds(row: &PlayRow, card: Option<&Card>, lang: Lang) -> Option<OddsView> {
    if matches!(row.motion.as_str(), "care" | "own") && row.probability_upper <= 0.0 {
        return None;
    }
    let w = words::PlayWords::of(lang);
    let (low, high) = (show::percent(row.probability_lower), show::percent(row.probability_upper));
    Some(OddsView {
        label: match row.motion.as_str() {
            "care" => w.odds_care,
            _ if card.is_some_and(|card| card.kept_month_minor != 0) => w.odds_keep,
            _ => w.odds,
        },
        percent: show::percent(row.probability),
        band: if low == high { String::new() } else { say::band(lang, &low, &high) },
        provenance: words::provenance(lang, &row.provenance),
    })
}

/// The windows that are open; before them the reason for the offer itself, where the row's own sentence
/// begins with it because no window has a date.
fn reasons(row: &PlayRow, card: Option<&Card>, lang: Lang) -> Vec<String> {
    let whole = either(lang, row.why_now_ja.as_str(), row.why_now_en.as_str());
    let Some(card) = card.filter(|card| !card.why_now.is_empty()) else {
        return if whole.is_empty() { Vec::new() } else { vec![whole] };
    };
    let this = card.why_this.first().filter(|line| whole.starts_with(line.said.get(lang)));
    let texts = this.into_iter().chain(&card.why_now).map(|line| line.said.get(lang));
    let mut reasons: Vec<String> = Vec::new();
    for text in texts.map(|text| text.trim_end_matches(['。', '.'])) {
        // Two rows that say the same are one reason; the evidence names both.
        if !reasons.iter().any(|said| said == text) {
            reasons.push(text.to_owned());
        }
    }
    reasons
}

/// How and how long: `電話`, `30分`.
fn means(row: &PlayRow, lang: Lang) -> Vec<String> {
    let channel = domain::motion::Channel::parse(&row.channel);
    let channel = channel.map(|channel| channel.words().get(lang).to_owned());
    channel.into_iter().chain(say::effort(lang, row.effort_hours)).collect()
}

fn due_text(due: &str, desk: &Desk) -> String {
    let date = show::iso_date(desk.lang, due);
    match Day::parse_iso(due).zip(desk.overview.as_of) {
        // Nobody counts the days of a far year.
        Some((due, as_of)) if due.since(as_of).0 <= DAYS_COUNTED_MAX => {
            let left = say::days_left(desk.lang, due.since(as_of).0);
            either(desk.lang, format!("{date}({left})"), format!("{date} ({left})"))
        }
        _ => date,
    }
}
