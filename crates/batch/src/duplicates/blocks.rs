//! Which pairs are looked at: those in one block, so that the work grows with the accounts and not with
//! their square.

use std::collections::{BTreeSet, HashMap};

use super::Company;

/// A block larger than this is sorted by name, and each is compared with its neighbours only.
const BLOCK_MAX: usize = 200;
/// Neighbours in such a block.
const NEIGHBOURS: usize = 12;
/// A domain of more accounts than this is a group's or a provider's.
const DOMAIN_ACCOUNTS_MAX: usize = 10;
/// Letters at the beginning and end of a name that make a block.
const LETTERS: usize = 4;

/// Pairs of places, each once, in order.
pub(super) fn candidates(companies: &[Company]) -> BTreeSet<(usize, usize)> {
    let mut pairs = BTreeSet::new();
    let exact: [fn(&Company) -> &str; 3] = [|c| &c.number, |c| &c.name.core, |c| &c.kana];
    for key in exact {
        pair_up(blocks(companies, |company| vec![key(company).to_owned()]), companies, &mut pairs);
    }
    let ends = |company: &Company| {
        let letters: Vec<char> = company.name.core.chars().collect();
        if letters.len() <= LETTERS {
            return Vec::new();
        }
        let begin: String = letters[..LETTERS].iter().collect();
        let end: String = letters[letters.len() - LETTERS..].iter().collect();
        vec![format!("^{begin}"), format!("{end}$")]
    };
    pair_up(blocks(companies, ends), companies, &mut pairs);
    let mut domains = blocks(companies, |company| company.domains.iter().cloned().collect());
    domains.retain(|_, members| members.len() <= DOMAIN_ACCOUNTS_MAX);
    pair_up(domains, companies, &mut pairs);
    pairs
}

fn blocks(
    companies: &[Company],
    keys: impl Fn(&Company) -> Vec<String>,
) -> HashMap<String, Vec<usize>> {
    let mut blocks: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, company) in companies.iter().enumerate() {
        for key in keys(company).into_iter().filter(|key| !key.is_empty()) {
            blocks.entry(key).or_default().push(at);
        }
    }
    blocks.retain(|_, members| members.len() > 1);
    blocks
}

fn pair_up(
    blocks: HashMap<String, Vec<usize>>,
    companies: &[Company],
    pairs: &mut BTreeSet<(usize, usize)>,
) {
    for mut members in blocks.into_values() {
        let reach = if members.len() > BLOCK_MAX {
            members
                .sort_by(|a, b| (&companies[*a].name.core, a).cmp(&(&companies[*b].name.core, b)));
            NEIGHBOURS
        } else {
            members.len()
        };
        for (at, one) in members.iter().enumerate() {
            for other in members[at + 1..].iter().take(reach) {
                pairs.insert(((*one).min(*other), (*one).max(*other)));
            }
        }
    }
}
