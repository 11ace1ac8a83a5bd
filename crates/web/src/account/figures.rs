//! The account's figures under headings: fifty numbers in one list are read by nobody.

use decide::card::FeatureValue;
use domain::words::Lang;

use crate::show;
use crate::words::{AccountWords, either};

/// A heading and the features under it, by name.
struct Theme {
    ja: &'static str,
    en: &'static str,
    names: &'static [&'static str],
}

/// In the order of the page. The first stands open; what no theme names comes last, under its own heading.
const THEMES: &[Theme] = &[
    Theme {
        ja: "主な指標",
        en: "Main figures",
        names: &[
            "mrr",
            "monetary_value",
            "tenure",
            "usage_share",
            "usage_trend",
            "days_to_cancel_deadline",
            "last_human_touch",
            "nps_latest",
            "open_tickets",
        ],
    },
    Theme {
        ja: "契約と価格",
        en: "Contracts and prices",
        names: &[
            "tenure_in_plan",
            "owned_products",
            "open_proposals",
            "contract_value",
            "mrr_change_quarter",
            "mrr_change_year",
            "price_per_seat",
            "discount_level",
            "list_price_share",
        ],
    },
    Theme {
        ja: "購入",
        en: "Purchases",
        names: &[
            "recency",
            "order_standing",
            "order_gap",
            "silence",
            "silence_usual",
            "p_alive",
            "orders_expected",
            "frequency",
            "spend_total",
            "spend_change_quarter",
            "spend_change_year",
            "order_value",
            "items_per_order",
            "lines_per_order",
            "price_per_item",
            "line_change_quarter",
            "line_change_year",
            "lines_lost",
            "top_line_share",
            "product_lines",
        ],
    },
    Theme {
        ja: "利用",
        en: "Usage",
        names: &[
            "usage_days",
            "usage_days_change",
            "usage_regularity",
            "days_to_limit",
            "users_per_seat",
            "heavy_metrics",
            "usage_above_peers",
            "web_events",
        ],
    },
    Theme {
        ja: "接点と満足度",
        en: "Contact and satisfaction",
        names: &[
            "contact_points",
            "human_touches",
            "human_touch_change",
            "thin_contact",
            "contact_people",
            "tickets",
            "tickets_per_seat",
            "csat_latest",
            "nps_change",
        ],
    },
    Theme {
        ja: "グループと決算期",
        en: "Group and fiscal year",
        names: &["group_size", "group_mrr", "group_spend", "days_to_fiscal_close"],
    },
];

/// The figures of one theme.
pub(super) struct Figures {
    pub(super) heading: String,
    pub(super) open: bool,
    /// Label and value.
    pub(super) lines: Vec<(String, String)>,
    /// The labels without a value, in one line; empty where all have one.
    pub(super) missing: String,
}

/// All features under their themes; a theme without features is left out.
pub(super) fn figures(features: &[FeatureValue], lang: Lang) -> Vec<Figures> {
    let is_themed = |name: &str| THEMES.iter().any(|theme| theme.names.contains(&name));
    let themes = THEMES.iter().enumerate().map(|(place, theme)| {
        let of = |name: &&str| features.iter().find(|feature| feature.name == *name);
        let under: Vec<&FeatureValue> = theme.names.iter().filter_map(of).collect();
        group(either(lang, theme.ja, theme.en), &under, (place == 0, lang))
    });
    let rest: Vec<&FeatureValue> =
        features.iter().filter(|feature| !is_themed(&feature.name)).collect();
    let rest = group(either(lang, "そのほか", "Others"), &rest, (false, lang));
    let mut all: Vec<Figures> = themes.chain([rest]).flatten().collect();
    // Where none of the main ones is there, the first that is stands open.
    if let Some(first) = all.first_mut() {
        first.open = true;
    }
    all
}

fn group(
    heading: String,
    features: &[&FeatureValue],
    (open, lang): (bool, Lang),
) -> Option<Figures> {
    let label = |feature: &FeatureValue| feature.said.get(lang).to_owned();
    let (missing, there): (Vec<&FeatureValue>, Vec<&FeatureValue>) =
        features.iter().copied().partition(|feature| feature.text.get(lang).is_empty());
    let lines = there.iter().map(|it| (label(it), grouped(it.text.get(lang)))).collect();
    let missing: Vec<String> = missing.iter().map(|it| label(it)).collect();
    let missing = missing.join(either(lang, "、", ", ").as_str());
    let missing = match missing.as_str() {
        "" => String::new(),
        names => format!("{}: {names}", AccountWords::of(lang).no_value),
    };
    (!features.is_empty()).then_some(Figures { heading, open, lines, missing })
}

/// `1,053日` of `1053日`; what is neither a count nor a number of days stays as it is.
fn grouped(text: &str) -> String {
    let unit = text.trim_start_matches(|digit: char| digit.is_ascii_digit());
    let counts = unit.is_empty() || unit.starts_with('日') || unit.starts_with(" day");
    let number = text.strip_suffix(unit).and_then(|digits| digits.parse::<u64>().ok());
    match number {
        Some(number) if counts => format!("{}{unit}", show::whole(number)),
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use decide::card::Said;

    fn feature(name: &str, text: &str) -> FeatureValue {
        let said = |text: &str| Said { ja: text.to_owned(), en: text.to_owned() };
        FeatureValue { name: name.to_owned(), said: said(name), text: said(text) }
    }

    #[test]
    fn every_feature_stands_once() {
        let named: Vec<&str> = THEMES.iter().flat_map(|theme| theme.names).copied().collect();
        let mut once = named.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), named.len());
        let features: Vec<FeatureValue> =
            named.iter().chain(&["a_new_one"]).map(|name| feature(name, "1")).collect();
        let lines: usize =
            figures(&features, Lang::Ja).iter().map(|figures| figures.lines.len()).sum();
        assert_eq!(lines, features.len());
    }

    #[test]
    fn days_are_grouped() {
        for (text, expected) in [
            ("1053日", "1,053日"),
            ("1053 days", "1,053 days"),
            ("1053", "1,053"),
            ("41日", "41日"),
            ("-1053日", "-1053日"),
            ("2026年3月", "2026年3月"),
            ("¥1053", "¥1053"),
            ("", ""),
        ] {
            assert_eq!(grouped(text), expected);
        }
    }

    #[test]
    fn what_has_no_value_stands_in_one_line() {
        let features = [feature("usage_days", ""), feature("web_events", "")];
        let figures = figures(&features, Lang::En);
        assert_eq!(figures.len(), 1);
        assert!(figures[0].open && figures[0].lines.is_empty());
        assert_eq!(figures[0].missing, "No data: usage_days, web_events");
    }
}
