//! What one table still needs once its columns are placed.

use super::super::cells::{Cell, cell, quoted};
use super::super::draft::{Rows, Work, column_of, fixed, join, name_in};
use super::super::words;

/// Completes the rows of the file's own table.
pub(in crate::suggest) fn complete(work: &mut Work) {
    let Some(mut rows) = work.draft.into.pop() else { return };
    match rows.entity {
        "accounts" => account(work, &mut rows),
        "subscriptions" => contract(work, &mut rows),
        "usage" => usage(work, &mut rows),
        "activities" => activity(work, &mut rows),
        "proposals" => proposal(work, &mut rows),
        "products" => product(work, &mut rows),
        "contacts" => contact(&mut rows),
        "surveys" => survey(&mut rows),
        "reps" => {
            if let (None, Some(id)) = (rows.cell("name"), rows.cell("rep_id").cloned()) {
                rows.set("name", Cell::new(id.text).because("no other column is a name"));
            }
            fixed(&mut rows, "role", "CS");
        }
        _ => {}
    }
    let deals = rows.entity == "proposals";
    work.draft.into.push(rows);
    if deals {
        won(work);
    }
}

fn account(work: &mut Work, rows: &mut Rows) {
    let names: Vec<&str> =
        work.table.columns.iter().map(|column| column.name.plain.as_str()).collect();
    let says =
        |words: &[&str]| words.iter().any(|word| names.iter().any(|name| name.contains(word)));
    let kind = if says(&["household", "世帯"]) {
        "household"
    } else if says(&["gender", "birth", "性別", "生年月日", "年齢", "marital"]) {
        "person"
    } else {
        "company"
    };
    fixed(rows, "kind", kind);
    let Some((departures, fit)) = work.whole.first("churn") else { return };
    let on = work.column("account_id").zip(column_of(departures, fit, "account_id"));
    if let Some((left, right)) = on.filter(|_| !work.whole.has("subscriptions")) {
        let text = join(departures, (left, right), right, None)
            .replace("take = ", "exists = true, take = ");
        let text = text.split(", take = ").next().unwrap_or_default().to_owned();
        rows.set(
            "lifecycle",
            Cell::new(format!("{{ {text}, map = {{ true = \"churned\", false = \"active\" }} }}")),
        );
    }
}

/// A contract: its id, its product, its end, its trial.
pub(in crate::suggest) fn contract(work: &mut Work, rows: &mut Rows) {
    let account = rows.cell("account_id").map(|cell| cell.text.clone()).unwrap_or_default();
    if rows.cell("product_id").is_none() {
        rows.set(
            "product_id",
            Cell::new("{ const = \"PLAN\" }").check("no column names a plan: all have one"),
        );
    }
    if rows.cell("subscription_id").is_none() {
        let product = rows.cell("product_id").map(|cell| cell.text.clone()).unwrap_or_default();
        let id = format!("{{ concat = [{account}, {product}], separator = \"/\" }}");
        rows.set(
            "subscription_id",
            Cell::new(id).check("no column is a contract's id: customer and plan make one"),
        );
    }
    ends(work, rows);
    if rows.cell("status").is_none()
        && let Some((at, trial)) =
            work.named(&["istrial", "trial", "trialflag", "トライアル", "お試し"])
        && let Some(yes) = &trial.yes
    {
        work.used.insert(at);
        let condition = format!("{} = {}", name_in(trial), quoted(yes));
        rows.set(
            "status",
            Cell::new(format!("{{ if = {}, then = {{ const = \"trial\" }} }}", quoted(&condition))),
        );
    }
    churned(work, rows);
    departures(work, rows);
}

/// A last day that nearly every contract has is the end of its term, not of the contract.
fn ends(work: &mut Work, rows: &mut Rows) {
    let Some(end) = work.column("ended_on").filter(|_| rows.entity == work.fit.recogniser.entity)
    else {
        return;
    };
    if rows.cell("renews_on").is_some() || end.share_filled() < 0.9 || work.table.rows < 5 {
        return;
    }
    rows.remove("ended_on");
    let renews = cell(end, "subscriptions", "renews_on", None);
    rows.set("renews_on", renews.check("nearly every row has it, so it is read as the end of the term; write `ended_on` if it is when the customer left"));
}

/// A flag that says who left, where no day does.
fn churned(work: &mut Work, rows: &mut Rows) {
    let flag =
        work.named(&["churnflag", "churned", "churn", "ischurned", "解約フラグ", "解約", "解約済"]);
    let Some((at, flag)) = flag else { return };
    let Some(yes) = &flag.yes else { return };
    if rows.cell("ended_on").is_some() || work.whole.has("churn") {
        return;
    }
    work.used.insert(at);
    let condition = quoted(&format!("{} = {}", name_in(flag), quoted(yes)));
    let other =
        rows.remove("status").map(|cell| format!(", else = {}", cell.text)).unwrap_or_default();
    let text = format!("{{ if = {condition}, then = {{ const = \"cancelled\" }}{other} }}");
    rows.set("status", Cell::new(text).because("no column says when they left"));
}

/// What a list of departures says of contracts.
fn departures(work: &Work, rows: &mut Rows) {
    let Some((departures, fit)) = work.whole.first("churn") else { return };
    let right = column_of(departures, fit, "account_id");
    let left = column_of(work.table, work.fit, "account_id");
    let Some(on) = left.zip(right) else { return };
    let of = |canonical: &str| column_of(departures, fit, canonical);
    if rows.cell("ended_on").is_none()
        && let Some(date) = of("date")
    {
        let joined = join(departures, on, date, Some("max"));
        let end = cell(date, "subscriptions", "ended_on", Some(&joined));
        rows.set("ended_on", end.check("the customer's last departure ends all of its contracts"));
    }
    let ended = work.column("ended_on").map(name_in);
    if let Some((reason, ended)) =
        of("reason").zip(ended).filter(|_| rows.cell("churn_reason").is_none())
    {
        let joined = join(departures, on, reason, Some("last"));
        let condition = quoted(&format!("{ended} != \"\""));
        let text = format!("{{ if = {condition}, then = {{ {joined} }} }}");
        rows.set(
            "churn_reason",
            Cell::new(text).because("the reason of the customer's last departure"),
        );
    }
}

fn usage(work: &mut Work, rows: &mut Rows) {
    if rows.cell("account_id").is_none()
        && let Some((contracts, fit)) = work.whole.first("subscriptions")
        && let Some(own) = work.column("subscription_id")
        && let Some(key) = column_of(contracts, fit, "subscription_id")
        && let Some(account) = column_of(contracts, fit, "account_id")
    {
        let joined = join(contracts, (own, key), account, None);
        let text = format!("{{ {joined}, unmatched = \"issue\" }}");
        rows.set("account_id", Cell::new(text).because("the customer of the contract"));
    }
    if rows.cell("account_id").is_none() {
        work.draft.checks.push(format!(
            "{}: no column says whose use it is; add the file of contracts",
            work.table.file
        ));
        work.draft.skip =
            Some("no column says whose use it is; add the file of contracts".to_owned());
    }
    if rows.cell("value").is_none() {
        rows.set("value", Cell::new("{ const = \"1\" }").because("each row is one use"));
    }
    if rows.cell("metric").is_none() {
        let what = work.column("value").map_or("uses", |column| column.title.as_str());
        rows.set(
            "metric",
            Cell::new(format!("{{ const = {} }}", quoted(what)))
                .check("no column names what is counted"),
        );
    }
    let counts = work.column("value").is_none_or(|column| {
        ["count", "回数", "件数", "events"].iter().any(|word| column.name.plain.contains(word))
    });
    let kind = if counts { "count" } else { "gauge" };
    let kind_cell = Cell::new(format!("{{ const = \"{kind}\" }}"));
    let why = if counts {
        "how often, so days are added up"
    } else {
        "a reading, so the latest counts; write \"count\" if rows add up"
    };
    rows.set("kind", if counts { kind_cell.because(why) } else { kind_cell.check(why) });
    doubled(work);
}

/// Rows of one key, of which only the last would count.
fn doubled(work: &mut Work) {
    let columns: Vec<_> = ["account_id", "subscription_id", "metric", "at"]
        .iter()
        .filter_map(|name| work.column(name))
        .collect();
    let mut seen = rustc_hash::FxHashSet::default();
    let rows = (0..work.table.rows)
        .map(|row| columns.iter().map(|c| c.values[row].as_str()).collect::<Vec<_>>());
    let again = rows.filter(|key| !seen.insert(key.clone())).count();
    if again > 0 {
        work.draft.checks.push(format!(
            "{}: {again} of {} rows have the customer, metric and time of another; the last of them counts",
            work.table.file, work.table.rows
        ));
    }
}

fn activity(work: &mut Work, rows: &mut Rows) {
    let stem = super::super::names::plain(&work.table.file);
    let ticket = [
        "ticket",
        "support",
        "incident",
        "case",
        "サポート",
        "チケット",
        "問い合わせ",
        "問合せ",
        "問合わせ",
    ];
    let ticket = ticket.iter().any(|word| stem.contains(word)) || work.column("priority").is_some();
    fixed(rows, "kind", if ticket { "ticket" } else { "note" });
    let escalated = work.table.columns.iter().position(|column| {
        column.yes.is_some()
            && ["escalat", "エスカレ", "重大"].iter().any(|word| column.name.plain.contains(word))
    });
    if let Some(at) = escalated
        && let Some(yes) = &work.table.columns[at].yes
    {
        work.used.insert(at);
        let condition = quoted(&format!("{} = {}", name_in(&work.table.columns[at]), quoted(yes)));
        let other = rows
            .remove("priority")
            .map(|cell| format!(", else = {}", cell.text))
            .unwrap_or_default();
        let text = format!("{{ if = {condition}, then = {{ const = \"urgent\" }}{other} }}");
        rows.set(
            "priority",
            Cell::new(text).because("an escalated ticket holds all offers while it is open"),
        );
    }
    if rows.cell("closed_at").is_none() && rows.cell("status").is_none() {
        work.draft.checks.push(format!(
            "{}: nothing says when a ticket was solved, so all count as open",
            work.table.file
        ));
    }
}

fn proposal(work: &mut Work, rows: &mut Rows) {
    if rows.cell("outcome").is_some() {
        return;
    }
    let Some(stage) = work.column("stage") else { return };
    let Some(meant) = words::meant("proposals", "outcome", &stage.counted()) else { return };
    if !meant.map.is_empty() || stage.distinct.iter().any(|word| word == "won" || word == "lost") {
        rows.set("outcome", cell(stage, "proposals", "outcome", None));
    }
}

/// Deals that were won are orders where nothing else tells of purchases.
fn won(work: &mut Work) {
    if work.whole.has("orders") || work.whole.has("subscriptions") {
        return;
    }
    let decided = work.column("outcome").or_else(|| work.column("stage"));
    let columns = (
        work.column("proposal_id"),
        work.column("account_id"),
        work.column("closed_at"),
        work.column("product_id"),
    );
    let (Some(decided), (Some(id), Some(account), Some(closed), Some(product))) =
        (decided, columns)
    else {
        return;
    };
    let won = words::meant("proposals", "outcome", &decided.counted())
        .map(|meant| meant.map)
        .unwrap_or_default();
    let word =
        won.iter().find(|(_, meaning)| meaning == "won").map_or("won", |(word, _)| word.as_str());
    let condition = format!("{} = {}", name_in(decided), quoted(word));
    let mut rows = Rows { entity: "orders", ..Rows::default() };
    rows.options.push(format!("when = {}", quoted(&condition)));
    for (column, from) in
        [("order_id", id), ("account_id", account), ("ordered_at", closed), ("product_id", product)]
    {
        rows.set(column, cell(from, "orders", column, None));
    }
    if let Some(amount) = work.column("amount") {
        rows.set("amount", cell(amount, "orders", "amount", None));
    }
    work.draft
        .said
        .push("a deal that was won is an order too: no file tells of purchases".to_owned());
    work.draft.into.push(rows);
}

fn product(work: &mut Work, rows: &mut Rows) {
    let kind = if work.whole.has("subscriptions") { "plan" } else { "item" };
    if rows.cell("kind").is_none() {
        rows.set(
            "kind",
            Cell::new(format!("{{ const = \"{kind}\" }}"))
                .check("no column tells plans, options, items and services apart"),
        );
    }
    if rows.cell("price").is_some() && rows.cell("price_unit").is_none() {
        let unit = if kind == "plan" { "month" } else { "once" };
        rows.set(
            "price_unit",
            Cell::new(format!("{{ const = \"{unit}\" }}"))
                .because("no column says for how long a price is"),
        );
    }
    if let (None, Some(id), "plan") = (rows.cell("tier"), work.column("product_id"), kind) {
        tiers(rows, id);
    }
}

/// The steps of plans whose names tell them.
pub(in crate::suggest) fn tiers(rows: &mut Rows, plans: &super::super::sample::Column) {
    let mut known: Vec<(u32, String)> = plans
        .counted()
        .iter()
        .filter_map(|(plan, _)| Some((words::tier(plan)?, (*plan).to_owned())))
        .collect();
    known.sort();
    known.dedup();
    if known.len() < 2 || known.len() > 12 {
        return;
    }
    let pairs: Vec<String> =
        known.iter().map(|(tier, plan)| format!("{} = \"{tier}\"", quoted(plan))).collect();
    let text = format!(
        "{{ column = {}, map = {{ {} }}, otherwise = \"\" }}",
        quoted(&plans.title),
        pairs.join(", ")
    );
    rows.set("tier", Cell::new(text).check("the steps of the ladder, by the plans' names"));
    if rows.cell("line").is_none() {
        rows.set("line", Cell::new("{ const = \"plan\" }"));
    }
}

fn contact(rows: &mut Rows) {
    if rows.cell("contact_id").is_some() {
        return;
    }
    let text = |name: &str| rows.cell(name).map(|cell| cell.text.clone()).unwrap_or_default();
    let who = if rows.cell("email").is_some() { text("email") } else { text("name") };
    let id = format!("{{ concat = [{}, {who}], separator = \"/\" }}", text("account_id"));
    rows.set("contact_id", Cell::new(id).because("no column is a person's id"));
}

fn survey(rows: &mut Rows) {
    if rows.cell("response_id").is_none() {
        let text = |name: &str| rows.cell(name).map(|cell| cell.text.clone()).unwrap_or_default();
        let id =
            format!("{{ concat = [{}, {}], separator = \"/\" }}", text("account_id"), text("at"));
        rows.set("response_id", Cell::new(id).because("no column is an answer's id"));
    }
}
