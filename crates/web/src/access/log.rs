//! The log: who saw and changed what, for administrators and managers.

use askama::Template;
use axum::extract::State;
use axum::response::Html;
use domain::time::{Day, Days, Instant, Zone};
use domain::words::Lang;
use store::{AuditFilter, AuditRow};

use crate::error::Error;
use crate::frame::{Frame, Place, segment};
use crate::register::Register;
use crate::show;
use crate::state::AppState;
use crate::words::AccessWords;
use crate::words::access as say;

/// Lines on one page.
const PAGE: u64 = 100;

struct LineView {
    at: String,
    who: String,
    act: String,
    detail: String,
    target: String,
    /// The name of the account or upload that it is about.
    target_name: Option<String>,
    target_url: Option<String>,
    outcome: &'static str,
    hue: &'static str,
    address: String,
}

/// What the log says in place of an address where the executable wrote the line.
const COMMAND_LINE: &str = "command line";

/// One choice of a filter.
struct Choice {
    value: String,
    label: String,
    selected: bool,
}

#[derive(Template)]
#[template(path = "log.html")]
struct LogPage {
    frame: Frame,
    w: &'static AccessWords,
    users: Vec<Choice>,
    acts: Vec<Choice>,
    outcomes: Vec<Choice>,
    from: String,
    to: String,
    target: String,
    filtered: bool,
    lines: Vec<LineView>,
    range: String,
    previous: Option<String>,
    next: Option<String>,
}

/// What the reader asked to see.
struct Asked {
    user: Option<String>,
    act: Option<String>,
    outcome: Option<String>,
    target: Option<String>,
    from: Option<Day>,
    to: Option<Day>,
    page: u64,
}

impl Asked {
    fn of(place: &Place) -> Self {
        let text = |name| place.query(name).map(str::to_owned);
        let day = |name| place.query(name).and_then(Day::parse_iso);
        Self {
            user: text("user"),
            act: text("act"),
            outcome: text("outcome"),
            target: text("target"),
            from: day("from"),
            to: day("to"),
            page: place.page(),
        }
    }

    fn filter(&self, zone: &Zone) -> AuditFilter {
        let start = |day: Day| zone.instant(day, 0, 0).0;
        AuditFilter {
            login: self.user.clone(),
            act: self.act.clone(),
            outcome: self.outcome.clone(),
            target: self.target.clone(),
            from_us: self.from.map(start),
            before_us: self.to.map(|day| start(day.plus(Days(1)))),
            offset: (self.page - 1) * PAGE,
            limit: PAGE,
        }
    }

    fn pairs(&self) -> Vec<(&'static str, String)> {
        let day = |day: Option<Day>| day.map(|day| day.to_string());
        let all = [
            ("user", self.user.clone()),
            ("act", self.act.clone()),
            ("outcome", self.outcome.clone()),
            ("target", self.target.clone()),
            ("from", day(self.from)),
            ("to", day(self.to)),
        ];
        all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }

    fn url(&self, base: &str, page: u64) -> String {
        let pairs =
            self.pairs().into_iter().map(|(name, value)| format!("{name}={}", segment(&value)));
        let query: Vec<String> = pairs.chain([format!("page={page}")]).collect();
        format!("{base}/log?{}", query.join("&"))
    }
}

/// The page.
pub(crate) async fn page(
    State(state): State<AppState>,
    place: Place,
) -> Result<Html<String>, Error> {
    let lang = place.lang();
    let asked = Asked::of(&place);
    let (rows, total) = state.store.log_page(&asked.filter(&state.zone)).await?;
    let users = state.store.users().await?;
    let register = state.register().await?;
    let base = state.base();
    let name = |login: &str| {
        users.iter().find(|user| user.login == login).map_or(login, |user| &user.name).to_owned()
    };
    let choice = |value: &str, label: String, chosen: &Option<String>| Choice {
        selected: chosen.as_deref() == Some(value),
        value: value.to_owned(),
        label,
    };
    let before = (asked.page - 1) * PAGE;
    let here = rows.len() as u64;
    let page = LogPage {
        frame: Frame::new(&state, &place.reader, "log"),
        w: AccessWords::of(lang),
        users: users.iter().map(|it| choice(&it.login, it.name.clone(), &asked.user)).collect(),
        acts: say::ACTS
            .iter()
            .map(|act| choice(act.0, say::act(lang, act.0), &asked.act))
            .collect(),
        outcomes: ["done", "refused", "failed"]
            .into_iter()
            .map(|code| choice(code, say::outcome(lang, code).0.to_owned(), &asked.outcome))
            .collect(),
        from: asked.from.map_or_else(String::new, |day| day.to_string()),
        to: asked.to.map_or_else(String::new, |day| day.to_string()),
        target: asked.target.clone().unwrap_or_default(),
        filtered: !asked.pairs().is_empty(),
        range: match here {
            0 => String::new(),
            _ => crate::words::today::range(lang, before + 1, before + here, total),
        },
        previous: (asked.page > 1).then(|| asked.url(&base, asked.page - 1)),
        next: (before + here < total && here > 0).then(|| asked.url(&base, asked.page + 1)),
        lines: rows
            .iter()
            .map(|row| view(row, (lang, &state.zone, &base), &name, &register))
            .collect(),
    };
    Ok(Html(page.render()?))
}

fn view(
    row: &AuditRow,
    (lang, zone, base): (Lang, &Zone, &str),
    name: &dyn Fn(&str) -> String,
    register: &Register,
) -> LineView {
    let at = Instant(row.at_us);
    let (hour, minute) = zone.clock(at);
    let target = row.target.clone().unwrap_or_default();
    let kind = row.act.split('.').next().unwrap_or_default();
    let (outcome, hue) = say::outcome(lang, &row.outcome);
    let page = match kind {
        "account" => Some("accounts"),
        "play" => Some("plays"),
        _ => None,
    };
    let upload = target.strip_prefix("upload ").and_then(|number| number.parse::<i64>().ok());
    let account = register.name(&target).filter(|_| kind == "account").map(str::to_owned);
    LineView {
        at: format!("{} {hour:02}:{minute:02}", show::date(lang, zone.day_of(at))),
        who: row.login.as_deref().map_or_else(|| nobody(row, lang), name),
        act: say::act(lang, &row.act),
        detail: row.detail.as_deref().map_or_else(String::new, |code| say::detail(lang, code)),
        target_url: page
            .filter(|_| !target.is_empty())
            .map(|page| format!("{base}/{page}/{}", segment(&target)))
            .or_else(|| upload.map(|number| crate::data::upload::url(base, number))),
        target_name: account.or_else(|| upload.map(|it| crate::words::data::upload(lang, it))),
        target,
        outcome,
        hue,
        address: row.address.clone().filter(|it| it != COMMAND_LINE).unwrap_or_default(),
    }
}

/// Who it was, where no user is named: somebody at the server's own terminal, or nobody knows.
fn nobody(row: &AuditRow, lang: Lang) -> String {
    let w = AccessWords::of(lang);
    let at_terminal = row.address.as_deref() == Some(COMMAND_LINE);
    if at_terminal { w.command_line } else { w.nobody }.to_owned()
}
