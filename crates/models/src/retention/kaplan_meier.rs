//! Survival as it was observed: no explanation, and no look ahead.

use super::{Risks, Survival};
use crate::special::normal_quantile;

/// Survival after 0, 1, 2, … periods, as far as somebody was at risk.
///
/// Kaplan and Meier (1958), "Nonparametric Estimation from Incomplete Observations", eq. (2b); variance by
/// Greenwood (1926), the interval on ln(-ln S) (Kalbfleisch and Prentice 2002, eq. 1.11), which stays within 0..1.
/// Where nobody or everybody has been lost that has no width: there the bound is the exact binomial one of the
/// smallest number at risk.
pub fn kaplan_meier(risks: &Risks, level: f64) -> Vec<Survival> {
    let (z, outside) = (normal_quantile(0.5 + level / 2.0), 0.5 - level / 2.0);
    let mut curve = vec![Survival { period: 0, share: 1.0, lower: 1.0, upper: 1.0 }];
    let (mut share, mut greenwood, mut fewest) = (1.0, 0.0, f64::INFINITY);
    for ((period, at_risk), lost) in (1_u32..).zip(&risks.at_risk).zip(&risks.lost) {
        if *at_risk <= 0.0 {
            break;
        }
        let before: Survival = curve[curve.len() - 1];
        fewest = at_risk.min(fewest);
        share *= 1.0 - lost / at_risk;
        greenwood += lost / (at_risk * (at_risk - lost)).max(1e-300);
        let exact = outside.powf(1.0 / fewest.max(1.0));
        let (lower, upper) = if share >= 1.0 {
            (exact, 1.0)
        } else if share <= 0.0 {
            (0.0, before.upper * (1.0 - outside.powf(1.0 / at_risk.max(1.0))))
        } else {
            let ln: f64 = share.ln();
            let width = (z * greenwood.sqrt() / ln.abs()).exp();
            (share.powf(width), share.powf(1.0 / width))
        };
        curve.push(Survival { period, share, lower, upper });
    }
    curve
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 21 spells of which nine end, worked by hand: survival after 6, 7, 10, 13, 16, 22, 23 weeks is 18/21, times 16/17,
    /// 14/15, 11/12, 10/11, 6/7, 5/6; Greenwood's standard errors are that times the root of the sum of lost / (at risk x
    /// left).
    #[test]
    fn spells_worked_by_hand() {
        let lost = [6, 6, 6, 7, 10, 13, 16, 22, 23];
        let kept = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35];
        let spell = |until: &u32, lost| super::super::Spell { entered: 0, until: *until, lost };
        let mut spells: Vec<_> = lost.iter().map(|week| spell(week, true)).collect();
        spells.extend(kept.iter().map(|week| spell(week, false)));
        let risks = Risks::of_spells(&spells).expect("sound");
        let level = 2.0 * crate::special::normal_cdf(1.0) - 1.0;
        let curve = kaplan_meier(&risks, level);
        let printed = [
            (6, 0.857, 0.0764),
            (7, 0.807, 0.0869),
            (10, 0.753, 0.0963),
            (13, 0.690, 0.1068),
            (16, 0.627, 0.1141),
            (22, 0.538, 0.1282),
            (23, 0.448, 0.1346),
        ];
        for (week, share, error) in printed {
            let at = curve[week];
            assert!((at.share - share).abs() < 6e-4, "{at:?}");
            // One standard error on ln(-ln S) is se / (S |ln S|).
            let found = ((-at.lower.ln()).ln() - (-at.share.ln()).ln()) * at.share * -at.share.ln();
            assert!((found - error).abs() < 6e-4, "{week}: {found} {error}");
        }
    }

    #[test]
    fn all_or_none_lost_still_has_a_width() {
        let risks = Risks::of_survivors(&[10.0, 10.0, 5.0, 0.0]).expect("sound");
        let curve = kaplan_meier(&risks, 0.8);
        assert!((curve[1].lower - 0.1_f64.powf(0.1)).abs() < 1e-12, "{curve:?}");
        assert!(curve[3].share <= 0.0 && curve[3].upper > 0.05, "{curve:?}");
    }
}
