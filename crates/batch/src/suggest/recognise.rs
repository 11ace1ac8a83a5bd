//! What each canonical table looks like in other people's files: one file a recogniser, listed once.
//!
//! Names stand in the form of [`super::names::plain`]: small letters, half-width, nothing between the words.
//! A recogniser's columns are also known under their canonical names.

mod accounts;
mod activities;
mod churn;
mod contacts;
mod mrr_snapshots;
mod orders;
mod products;
mod proposals;
mod reps;
mod subscriptions;
mod surveys;
mod usage;

/// How one kind of table is recognised.
#[derive(Debug)]
pub(super) struct Recogniser {
    /// The canonical table; `churn` for a list of departures, which has no table of its own.
    pub(super) entity: &'static str,
    /// Words of file names, in the form of column names.
    pub(super) files: &'static [&'static str],
    /// Its columns, by what their names say.
    pub(super) fields: &'static [Field],
}

/// A column that may be there.
#[derive(Debug)]
pub(super) struct Field {
    /// Its canonical name.
    pub(super) column: &'static str,
    /// How strongly the name speaks for the table: 3 is found in no other table, 1 in many.
    pub(super) weight: u8,
    /// Its names elsewhere, the most usual first.
    pub(super) names: &'static [&'static str],
}

const fn field(column: &'static str, weight: u8, names: &'static [&'static str]) -> Field {
    Field { column, weight, names }
}

/// Every recogniser; of two that fit equally the first is taken.
pub(super) const RECOGNISERS: &[&Recogniser] = &[
    &accounts::RECOGNISER,
    &subscriptions::RECOGNISER,
    &usage::RECOGNISER,
    &activities::RECOGNISER,
    &churn::RECOGNISER,
    &proposals::RECOGNISER,
    &orders::RECOGNISER,
    &products::RECOGNISER,
    &reps::RECOGNISER,
    &contacts::RECOGNISER,
    &surveys::RECOGNISER,
    &mrr_snapshots::RECOGNISER,
];

/// The recogniser of a table.
pub(super) fn of(entity: &str) -> Option<&'static Recogniser> {
    RECOGNISERS.iter().find(|recogniser| recogniser.entity == entity).copied()
}

/// Names of a customer's id, wherever it stands.
const ACCOUNT: &[&str] = &[
    "accountid",
    "customerid",
    "clientid",
    "companyid",
    "account",
    "customer",
    "client",
    "accountno",
    "accountnumber",
    "customerno",
    "customernumber",
    "customercode",
    "accountcode",
    "tenantid",
    "organizationid",
    "organisationid",
    "orgid",
    "householdid",
    "顧客コード",
    "顧客id",
    "顧客番号",
    "顧客no",
    "会社コード",
    "会社id",
    "取引先コード",
    "取引先id",
    "取引先番号",
    "得意先コード",
    "得意先番号",
    "企業id",
    "企業コード",
    "会員番号",
    "会員id",
    "お客様番号",
    "契約者id",
    "契約者番号",
];

/// Names of what is sold, wherever it stands.
const PRODUCT: &[&str] = &[
    "productid",
    "product",
    "productcode",
    "sku",
    "itemid",
    "itemcode",
    "item",
    "planid",
    "plan",
    "planname",
    "plantier",
    "productname",
    "package",
    "edition",
    "商品コード",
    "商品id",
    "商品番号",
    "品番",
    "品目コード",
    "製品コード",
    "プランコード",
    "プラン",
    "プラン名",
    "契約プラン",
    "商品",
    "商品名",
    "製品",
    "製品名",
    "サービス名",
    "サービス",
    "品名",
    "品目",
    "tier",
];

/// Names of the representative, wherever it stands.
const OWNER: &[&str] = &[
    "ownerid",
    "owner",
    "accountowner",
    "accountmanager",
    "csm",
    "salesrep",
    "salesrepid",
    "salesagent",
    "repid",
    "rep",
    "assignedto",
    "担当者コード",
    "担当者id",
    "営業担当",
    "担当営業",
    "営業担当者",
    "cs担当",
    "csm担当",
    "当社担当",
    "弊社担当",
    "担当",
];

#[cfg(test)]
mod tests {
    use domain::canonical::entity;

    use super::*;
    use crate::suggest::names;

    #[test]
    fn names_are_plain_and_columns_exist() {
        for recogniser in RECOGNISERS {
            for field in recogniser.fields {
                let known = recogniser.entity == "churn"
                    || entity(recogniser.entity).is_some_and(|e| e.column(field.column).is_some());
                assert!(known, "{}.{}", recogniser.entity, field.column);
                for name in field.names {
                    assert_eq!(names::words(name).concat(), **name, "{}", recogniser.entity);
                }
            }
        }
    }
}
