//! What can be sold, with its price and where it stands in its line.

use super::{Field, PRODUCT, Recogniser, field};

pub(super) const RECOGNISER: Recogniser = Recogniser {
    entity: "products",
    files: &[
        "product",
        "catalog",
        "pricelist",
        "item",
        "商品",
        "製品",
        "品目",
        "プラン一覧",
        "カタログ",
        "価格表",
    ],
    fields: FIELDS,
};

const FIELDS: &[Field] = &[
    field("product_id", 2, PRODUCT),
    field(
        "name",
        2,
        &[
            "productname",
            "itemname",
            "planname",
            "name",
            "商品名",
            "製品名",
            "品名",
            "プラン名",
            "サービス名",
        ],
    ),
    field("kind", 1, &["producttype", "itemtype", "type", "商品種別", "商品区分", "種別"]),
    field(
        "line",
        2,
        &[
            "productline",
            "series",
            "productcategory",
            "category",
            "family",
            "シリーズ",
            "商品分類",
            "カテゴリ",
            "カテゴリー",
            "分類",
            "商品群",
        ],
    ),
    field("tier", 1, &["tier", "level", "rank", "グレード", "ランク"]),
    field("margin_rate", 3, &["marginrate", "grossmargin", "margin", "粗利率", "利益率"]),
    field(
        "price",
        3,
        &[
            "unitprice",
            "salesprice",
            "listprice",
            "price",
            "単価",
            "価格",
            "定価",
            "標準価格",
            "販売価格",
        ],
    ),
    field("currency", 1, &["currency", "通貨"]),
    field("active_from", 1, &["launchdate", "発売日", "販売開始日"]),
    field("active_until", 1, &["discontinuedon", "販売終了日"]),
];
