//! How customers of a preset respond to contact: every assumption with its source.
//!
//! | assumption | value | source |
//! |---|---|---|
//! | a retention call can raise leaving | odds x 1.74 on average in a campaign (6 % left in the control group, 10 % of those called) | Ascarza, Iyengar and Schleicher (2016), "The Perils of Proactive Churn Prevention Using Plan Recommendations", JMR 53(1) |
//! | the effect differs between customers, and not by their risk | its sign is drawn by a disposition of its own | Ascarza (2018), "Retention Futility", JMR 55(1) |
//! | the harmed are those who are passive and unhappy | the disposition leans on engagement and openness | Radcliffe and Surry (2011), "Real-World Uplift Modelling with Significance-Based Uplift Trees" |
//! | beyond an ideal number of contacts more of them lower repurchase | two to four contacts in 90 days, each one more adds to the odds of leaving and lowers success | Godfrey, Seiders and Voss (2011), "Enough Is Enough!", Journal of Marketing 75(4) |
//! | an offer by itself makes nobody else stay | 0 | no source found that says otherwise |
//! | help without a pitch keeps nobody either | 0 | no source found that gives an effect; so help costs its hours |
//! | where customers know the offer, contact hardly matters | the preset `rare`: few can be won, most buy unasked | Blake, Nosko and Tadelis (2015), "Consumer Heterogeneity and Paid Search Effectiveness", Econometrica 83(1) |
//! | holding more products does not by itself make customers stay | none is assumed | Reinartz, Thomas and Bascoul (2008), "Investigating Cross-Buying and Customer Loyalty", Journal of Interactive Marketing 22(1) |
//!
//! Where no source gives a figure, the figure is this file's assumption: how many are averse, how fast contact is
//! made, how well representatives choose.

/// A market of a kind, for `--preset`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Preset {
    /// Contact rarely matters: few customers can be won, and most of those who want a product ask for it.
    Rare,
    /// Some can be won, some are sleeping dogs.
    Mixed,
    /// Sleeping dogs and weariness are common, and customers are contacted often.
    Fatigue,
}

impl Preset {
    /// Every preset, in the order of the tables.
    pub const ALL: [Self; 3] = [Self::Rare, Self::Mixed, Self::Fatigue];

    /// Its name on the command line.
    pub fn code(self) -> &'static str {
        match self {
            Self::Rare => "rare",
            Self::Mixed => "mixed",
            Self::Fatigue => "fatigue",
        }
    }

    /// The preset of that name.
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|preset| preset.code() == code)
    }

    pub(super) fn climate(self) -> Climate {
        let mixed = Climate {
            winnable_above: 0.253,
            unasked: 1.0,
            averse_above: 1.282,
            harm: 0.9,
            help: 0.0,
            weariness: 0.15,
            deafness: 0.15,
            pace: 0.09,
            random: 0.3,
        };
        match self {
            Self::Rare => Climate {
                winnable_above: 1.405,
                unasked: 2.5,
                averse_above: 1.645,
                harm: 0.55,
                weariness: 0.05,
                ..mixed
            },
            Self::Mixed => mixed,
            Self::Fatigue => Climate {
                averse_above: 0.524,
                harm: 1.5,
                weariness: 0.35,
                deafness: 0.35,
                pace: 0.14,
                ..mixed
            },
        }
    }
}

/// The assumptions of a preset.
#[derive(Debug, Clone, Copy)]
pub(super) struct Climate {
    /// Who stands above this in receptiveness (a standard normal trait) can be won by contact: 8 % above 1.405, 40 %
    /// above .253.
    pub(super) winnable_above: f64,
    /// How readily needs are met unasked, beside the preset `mixed`.
    pub(super) unasked: f64,
    /// Who stands above this in aversion (a standard normal trait) is harmed by contact: 5 % above 1.645, 10 % above
    /// 1.282, 30 % above .524.
    pub(super) averse_above: f64,
    /// What contact adds to the log odds of leaving of the averse.
    pub(super) harm: f64,
    /// The same for the others.
    pub(super) help: f64,
    /// The same for each contact in 90 days above the customer's ideal number.
    pub(super) weariness: f64,
    /// The share by which each of those lowers the chance that an approach succeeds.
    pub(super) deafness: f64,
    /// Approaches by people, per customer and month of the past.
    pub(super) pace: f64,
    /// The share of past approaches made without choosing.
    pub(super) random: f64,
}
