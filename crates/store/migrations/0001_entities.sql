-- The canonical tables that live in the store: one table each, in the order of the registry in the
-- `domain` crate, with the same columns. Key columns are never null; every other column may be, because
-- a placeholder row (placeholder = 1) holds nothing but the key of something that was referred to.

-- A sales or customer-success representative.
CREATE TABLE "reps" (
    "rep_id" TEXT NOT NULL,
    "name" TEXT,
    "role" TEXT,
    "team" TEXT,
    "hours_per_week" DOUBLE PRECISION,
    "skills" TEXT,
    "email" TEXT,
    "placeholder" BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY ("rep_id")
);

-- Days on which a representative is away, both ends included.
CREATE TABLE "absences" (
    "rep_id" TEXT NOT NULL,
    "from_on" TEXT NOT NULL,
    "until_on" TEXT,
    "placeholder" BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY ("rep_id", "from_on")
);

-- A customer: a group, company, department, person or household.
CREATE TABLE "accounts" (
    "account_id" TEXT NOT NULL,
    "name" TEXT,
    "name_kana" TEXT,
    "kind" TEXT,
    "parent_id" TEXT,
    "corporate_number" TEXT,
    "industry" TEXT,
    "segment" TEXT,
    "employees" BIGINT,
    "region" TEXT,
    "country" TEXT,
    "currency" TEXT,
    "fiscal_close_month" BIGINT,
    "fiscal_confirmed_on" TEXT,
    "touch_model" TEXT,
    "owner" TEXT,
    "lifecycle" TEXT,
    "acquired_on" TEXT,
    "acquisition_cost" BIGINT,
    "merged_into" TEXT,
    "external_url" TEXT,
    "attributes" TEXT,
    "placeholder" BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY ("account_id")
);

-- A tie between two accounts beside the parent: capital, reseller, who pays, who uses.
CREATE TABLE "account_links" (
    "from_id" TEXT NOT NULL,
    "to_id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "share" DOUBLE PRECISION,
    "placeholder" BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY ("from_id", "to_id", "kind")
);

-- Which representative looks after an account, in which role and for which product line.
CREATE TABLE "account_team" (
    "account_id" TEXT NOT NULL,
    "rep_id" TEXT NOT NULL,
    "role" TEXT NOT NULL,
    "product_line" TEXT NOT NULL,
    "from_on" TEXT NOT NULL,
    "until_on" TEXT,
    "placeholder" BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY ("account_id", "rep_id", "role", "product_line", "from_on")
);

-- A person at an account, with the role in its decisions.
CREATE TABLE "contacts" (
    "contact_id" TEXT NOT NULL,
    "account_id" TEXT,
    "name" TEXT,
    "email" TEXT,
    "phone" TEXT,
    "title" TEXT,
    "role" TEXT,
    "reports_to" TEXT,
    "persona" TEXT,
    "left_on" TEXT,
    "placeholder" BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY ("contact_id")
);
CREATE INDEX "contacts_by_account" ON "contacts" ("account_id");

-- Whether a person may be reached through a channel, with the record that proves it (N12).
CREATE TABLE "permissions" (
    "contact_id" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "state" TEXT,
    "basis" TEXT,
    "on" TEXT NOT NULL,
    "source" TEXT,
    "evidence" TEXT,
    "placeholder" BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY ("contact_id", "channel", "on")
);

-- A plan, option, item or service; products of one line form a ladder by tier.
CREATE TABLE "products" (
    "product_id" TEXT NOT NULL,
    "name" TEXT,
    "kind" TEXT,
    "line" TEXT,
    "tier" BIGINT,
    "margin_rate" DOUBLE PRECISION,
    "price" BIGINT,
    "price_unit" TEXT,
    "currency" TEXT,
    "active_from" TEXT,
    "active_until" TEXT,
    "placeholder" BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY ("product_id")
);

-- A list price by unit, plan version, quantity band and validity.
CREATE TABLE "prices" (
    "product_id" TEXT NOT NULL,
    "unit" TEXT NOT NULL,
    "price" BIGINT,
    "plan_version" TEXT NOT NULL,
    "metric" TEXT,
    "from_qty" BIGINT NOT NULL,
    "to_qty" BIGINT,
    "min_qty" BIGINT,
    "overage_price" BIGINT,
    "currency" TEXT,
    "tax" TEXT,
    "valid_from" TEXT NOT NULL,
    "valid_until" TEXT,
    "placeholder" BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY ("product_id", "plan_version", "unit", "from_qty", "valid_from")
);

-- How much of a metric a plan includes, by plan version and window (S36, S37).
CREATE TABLE "limits" (
    "product_id" TEXT NOT NULL,
    "metric" TEXT NOT NULL,
    "included" DOUBLE PRECISION,
    "per_seat" BIGINT,
    "hard" BIGINT,
    "window" TEXT NOT NULL,
    "plan_version" TEXT NOT NULL,
    "placeholder" BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY ("product_id", "metric", "plan_version", "window")
);

-- A new feature or version of a product (S51).
CREATE TABLE "releases" (
    "product_id" TEXT NOT NULL,
    "released_on" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "body" TEXT,
    "placeholder" BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY ("product_id", "released_on", "title")
);

-- An offer given by hand; others derive from the product ladder.
CREATE TABLE "offers" (
    "offer_id" TEXT NOT NULL,
    "motion" TEXT,
    "name" TEXT,
    "product_id" TEXT,
    "from_product_id" TEXT,
    "price" BIGINT,
    "effort_hours" DOUBLE PRECISION,
    "role" TEXT,
    "channels" TEXT,
    "incentive" TEXT,
    "stock" BIGINT,
    "min_volume" BIGINT,
    "eligibility" TEXT,
    "playbook" TEXT,
    "line_override" TEXT,
    "complements" TEXT,
    "excludes" TEXT,
    "placeholder" BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY ("offer_id")
);

-- Units of the workspace's currency for one unit of another, from a day on.
CREATE TABLE "rates" (
    "currency" TEXT NOT NULL,
    "on" TEXT NOT NULL,
    "rate" DOUBLE PRECISION,
    "placeholder" BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY ("currency", "on")
);

-- One version of a contract line; a later effective_on is a change, the same one a correction.
CREATE TABLE "subscriptions" (
    "subscription_id" TEXT NOT NULL,
    "account_id" TEXT,
    "product_id" TEXT,
    "effective_on" TEXT NOT NULL,
    "seats" BIGINT,
    "mrr" BIGINT,
    "list_price" BIGINT,
    "discount_rate" DOUBLE PRECISION,
    "discount_until" TEXT,
    "price_locked_until" TEXT,
    "currency" TEXT,
    "term_months" BIGINT,
    "started_on" TEXT,
    "renews_on" TEXT,
    "notice_days" BIGINT,
    "cancel_deadline" TEXT,
    "auto_renew" BIGINT,
    "renewal_intent" TEXT,
    "renewal_confirmed_on" TEXT,
    "cancel_notice_on" TEXT,
    "reduction_allowed" BIGINT,
    "ended_on" TEXT,
    "churn_reason" TEXT,
    "trial_ends_on" TEXT,
    "status" TEXT,
    "plan_version" TEXT,
    "change_kind" TEXT,
    "contracted_by" TEXT,
    "sold_via" TEXT,
    "contract_id" TEXT,
    "placeholder" BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY ("subscription_id", "effective_on")
);
CREATE INDEX "subscriptions_by_account" ON "subscriptions" ("account_id");

-- An account's monthly recurring revenue by product, for companies with a month-end sheet only.
CREATE TABLE "mrr_snapshots" (
    "account_id" TEXT NOT NULL,
    "month" TEXT NOT NULL,
    "product_id" TEXT NOT NULL,
    "mrr" BIGINT,
    "seats" BIGINT,
    "placeholder" BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY ("account_id", "month", "product_id")
);

-- A touch with the customer, or a ticket from it.
CREATE TABLE "activities" (
    "activity_id" TEXT NOT NULL,
    "account_id" TEXT,
    "at" BIGINT,
    "kind" TEXT,
    "contact_id" TEXT,
    "owner" TEXT,
    "product_id" TEXT,
    "direction" TEXT,
    "status" TEXT,
    "priority" TEXT,
    "reaction" TEXT,
    "subject" TEXT,
    "body" TEXT,
    "duration_min" DOUBLE PRECISION,
    "next_on" TEXT,
    "closed_at" BIGINT,
    "placeholder" BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY ("activity_id")
);
CREATE INDEX "activities_by_account" ON "activities" ("account_id");

-- What a customer said about itself, kept in time order.
CREATE TABLE "account_facts" (
    "fact_id" TEXT NOT NULL,
    "account_id" TEXT,
    "kind" TEXT,
    "value" TEXT,
    "said_on" TEXT,
    "said_by" TEXT,
    "recorded_by" TEXT,
    "activity_id" TEXT,
    "product_id" TEXT,
    "superseded_by" TEXT,
    "placeholder" BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY ("fact_id")
);
CREATE INDEX "account_facts_by_account" ON "account_facts" ("account_id");

-- A deal, open or closed; `approached` says whether we started it.
CREATE TABLE "proposals" (
    "proposal_id" TEXT NOT NULL,
    "account_id" TEXT,
    "opened_at" BIGINT,
    "type" TEXT,
    "product_id" TEXT,
    "offer_id" TEXT,
    "contact_id" TEXT,
    "owner" TEXT,
    "stage" TEXT,
    "updated_at" BIGINT,
    "expected_close_on" TEXT,
    "next_step" TEXT,
    "next_step_on" TEXT,
    "closed_at" BIGINT,
    "outcome" TEXT,
    "amount" BIGINT,
    "currency" TEXT,
    "reason" TEXT,
    "approached" BIGINT,
    "play_id" TEXT,
    "external_url" TEXT,
    "placeholder" BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY ("proposal_id")
);
CREATE INDEX "proposals_by_account" ON "proposals" ("account_id");

-- One answer to a question on a scale (NPS: 0 to 10).
CREATE TABLE "surveys" (
    "response_id" TEXT NOT NULL,
    "account_id" TEXT,
    "at" BIGINT,
    "score" DOUBLE PRECISION,
    "question" TEXT,
    "comment" TEXT,
    "contact_id" TEXT,
    "product_id" TEXT,
    "placeholder" BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY ("response_id")
);
CREATE INDEX "surveys_by_account" ON "surveys" ("account_id");

-- What a product changed at a customer, measured, and with whom it may be shared (S69).
CREATE TABLE "results" (
    "result_id" TEXT NOT NULL,
    "account_id" TEXT,
    "product_id" TEXT,
    "metric" TEXT,
    "before" DOUBLE PRECISION,
    "after" DOUBLE PRECISION,
    "period" TEXT,
    "measured_by" TEXT,
    "share_scope" TEXT,
    "approved_on" TEXT,
    "placeholder" BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY ("result_id")
);
CREATE INDEX "results_by_account" ON "results" ("account_id");
