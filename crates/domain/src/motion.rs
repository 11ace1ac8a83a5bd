//! What kind of move an offer is, through which channel it goes, and what became of it.

macro_rules! coded {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $code:literal, $ja:literal, $en:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Every value, in the order of the declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The word in files, SQL and exports.
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// Reads what `code` wrote.
            pub fn parse(code: &str) -> Option<Self> {
                match code { $($code => Some(Self::$variant),)* _ => None }
            }

            /// The word people read.
            pub fn words(self) -> crate::words::Words {
                match self { $(Self::$variant => crate::words::Words::new($ja, $en),)* }
            }
        }
    };
}

coded! {
    /// The move that an offer makes (S1-S17). Same product line is upsell, another line cross-sell.
    Motion {
        /// A higher grade of the same line (S1, S3).
        PlanUp = "plan_up", "上位プランへの変更", "Plan upgrade";
        /// More seats or capacity (S4).
        Seats = "seats", "利用数の追加", "More seats";
        /// A longer contract term (S5).
        Term = "term", "契約期間の延長", "Longer term";
        /// An option of the same line (S6).
        Option = "option", "オプション追加", "Add-on option";
        /// A product of another line (S7-S9).
        CrossSell = "cross_sell", "クロスセル", "Cross-sell";
        /// Several offers at one price (S10).
        Bundle = "bundle", "セット提案", "Bundle";
        /// A proof of concept (S16).
        Poc = "poc", "PoC", "Proof of concept";
        /// What is bought order by order as a subscription (S17).
        Subscribe = "subscribe", "定期契約への切り替え", "Move to a subscription";
        /// The same product again, by its repurchase cadence (S105).
        Repeat = "repeat", "再購入", "Repeat purchase";
        /// The next step of a deal that is already open (S108).
        Advance = "advance", "商談の前進", "Advance the deal";
        /// A smaller form that keeps the tie (S11, S12).
        Downsell = "downsell", "ダウンセル", "Downsell";
        /// Help without a pitch (S64).
        Care = "care", "フォロー", "Customer care";
    }
}

impl Motion {
    /// Whether guards against selling apply: upsell and cross-sell of every form.
    pub fn sells(self) -> bool {
        !matches!(self, Self::Downsell | Self::Care | Self::Advance)
    }
}

coded! {
    /// The form that a move takes. One motion has several, with an effort, a price and a playbook of their own.
    Form {
        /// A free plan becomes a paid one (S2).
        FreeToPaid = "free_to_paid", "無料プランから有料プランへ", "Free plan to paid plan";
        /// The next plan of the line (S1, S3).
        NextPlan = "next_plan", "上位プラン", "Next plan";
        /// A former plan again, after a smaller one (S12).
        WayBack = "way_back", "元のプランへの復帰", "Back to the former plan";
        /// The upper model in the place of the old one (S3).
        UpperModel = "upper_model", "上位機種への買い替え", "Upper model as replacement";
        /// More seats (S4).
        MoreSeats = "more_seats", "利用数の追加", "More seats";
        /// More capacity or storage, in units (S4).
        Capacity = "capacity", "容量の追加", "More capacity";
        /// A longer term (S5).
        LongerTerm = "longer_term", "契約期間の延長", "Longer term";
        /// An option of a line that is held (S6).
        AddOn = "add_on", "オプション追加", "Add-on option";
        /// What helps the main product along (S8).
        Auxiliary = "auxiliary", "主商品を補う商品", "Auxiliary to the main product";
        /// What solves another need (S7, S8).
        Related = "related", "関連する課題の商品", "For a related need";
        /// What adds to two products together (S9).
        Synergy = "synergy", "組み合わせで効果が出る商品", "Synergy with what is held";
        /// A set at one price (S10).
        Set = "set", "セット", "Set";
        /// A small trial, in a department without a contract or for a dormant customer (S16).
        SmallTrial = "small_trial", "小さく試すPoC", "Small trial";
        /// What is bought order by order as a subscription (S17).
        Subscription = "subscription", "都度購入から定期契約へ", "From orders to a subscription";
        /// The same again (S105).
        Again = "again", "再購入", "Repeat purchase";
        /// Fewer seats (S11).
        FewerSeats = "fewer_seats", "利用数の削減", "Fewer seats";
        /// An option that nobody uses is dropped (S11).
        DropOption = "drop_option", "オプションの解約", "Drop an option";
        /// The next plan below (S11).
        LowerPlan = "lower_plan", "下位プラン", "Lower plan";
        /// Months without service and bill (S11).
        Pause = "pause", "一時休止", "Pause";
        /// Several offers in one quotation, with smaller ones to fall back on (S13, N19).
        Package = "package", "組み合わせの提案(松竹梅)", "Package with fallbacks";
        /// The next step of a deal (S108).
        NextStep = "next_step", "商談の次の一手", "Next step of a deal";
        /// Help without a pitch (S64).
        Help = "help", "フォロー", "Help";
    }
}

coded! {
    /// The class of a move, as the field speaks of it.
    MotionClass {
        /// More of the same line.
        Upsell = "upsell", "アップセル", "Upsell";
        /// Another line.
        CrossSell = "cross_sell", "クロスセル", "Cross-sell";
        /// A smaller form that keeps the tie.
        Downsell = "downsell", "ダウンセル", "Downsell";
        /// Neither sells more nor less.
        Other = "other", "その他", "Other";
    }
}

coded! {
    /// How the customer is reached.
    Channel {
        /// A telephone call.
        Phone = "phone", "電話", "Phone";
        /// A visit.
        Visit = "visit", "訪問", "Visit";
        /// An e-mail.
        Mail = "mail", "メール", "E-mail";
        /// A prompt in the product or shop.
        Prompt = "prompt", "アプリ内案内", "In-product prompt";
    }
}

impl Channel {
    /// Whether a person spends hours on it.
    pub fn takes_hours(self) -> bool {
        matches!(self, Self::Phone | Self::Visit)
    }
}

coded! {
    /// What became of a candidate in a run. Every candidate has exactly one.
    Fate {
        /// In the plan.
        Chosen = "chosen", "提案する", "Chosen";
        /// Worth it, but hours or limits went to something better.
        Displaced = "displaced", "工数の都合で見送り", "Displaced";
        /// A random draw, made to measure what contact adds, left it out.
        Explored = "explored", "効果の測定のため見送り", "Left out to measure";
        /// A guard holds it until a day.
        Held = "held", "保留", "Held";
        /// A guard forbids it.
        Blocked = "blocked", "停止", "Blocked";
        /// No window is open or its expected profit is not positive: nothing to do now.
        Waiting = "waiting", "時期待ち", "Waiting";
        /// It will likely be bought unasked: a prompt or mail instead of a rep's hours.
        Natural = "natural", "自然に申し込む見込み(案内のみ)", "Likely to buy unasked (prompt only)";
    }
}

coded! {
    /// The account's touch model (S83).
    TouchModel {
        /// Personal contact.
        High = "high", "ハイタッチ", "High touch";
        /// Personal contact to many.
        Low = "low", "ロータッチ", "Low touch";
        /// Digital contact only.
        Tech = "tech", "テックタッチ", "Tech touch";
    }
}

coded! {
    /// What an account is.
    AccountKind {
        /// A group of companies.
        Group = "group", "グループ", "Group";
        /// A company.
        Company = "company", "企業", "Company";
        /// A department of a company.
        Department = "department", "部署", "Department";
        /// A person.
        Person = "person", "個人", "Person";
        /// A household.
        Household = "household", "世帯", "Household";
    }
}

coded! {
    /// The role of a contact in a decision (S19).
    ContactRole {
        /// Signs.
        DecisionMaker = "decision_maker", "決裁者", "Decision maker";
        /// Sways.
        KeyPerson = "key_person", "キーパーソン", "Key person";
        /// Drives adoption.
        Champion = "champion", "推進者", "Champion";
        /// Holds the budget.
        BudgetOwner = "budget_owner", "予算責任者", "Budget owner";
        /// Sits on the board.
        Executive = "executive", "役員", "Executive";
        /// Uses the product.
        User = "user", "利用者", "User";
        /// Anything else.
        Other = "other", "その他", "Other";
    }
}

impl ContactRole {
    /// Whether a detractor of this role holds the account's sales (S61).
    pub fn decides(self) -> bool {
        matches!(
            self,
            Self::DecisionMaker
                | Self::KeyPerson
                | Self::Champion
                | Self::BudgetOwner
                | Self::Executive
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_back() {
        for motion in Motion::ALL {
            assert_eq!(Motion::parse(motion.code()), Some(*motion));
        }
        assert_eq!(Motion::parse("upsell"), None);
    }
}
