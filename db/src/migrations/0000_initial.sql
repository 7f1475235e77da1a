CREATE TABLE "accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"slug" text NOT NULL,
	"slug_holder" text GENERATED ALWAYS AS (coalesce(owner_user_id, id)) STORED NOT NULL,
	"name" text NOT NULL,
	"owner_user_id" text,
	"status" text DEFAULT 'active' NOT NULL,
	"membership_version" integer DEFAULT 0 NOT NULL,
	"version" integer DEFAULT 0 NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_by" text NOT NULL,
	CONSTRAINT "accounts_slug" UNIQUE("slug"),
	CONSTRAINT "accounts_id_owner" UNIQUE("id","owner_user_id"),
	CONSTRAINT "accounts_id_form" CHECK ("accounts"."id" ~ '^(acc)_[0-9a-hjkmnp-tv-z]{26}$'),
	CONSTRAINT "accounts_created_by_form" CHECK ("accounts"."created_by" ~ '^(usr|svc)_[0-9a-hjkmnp-tv-z]{26}$'),
	CONSTRAINT "accounts_kind" CHECK ("accounts"."kind" in ('personal', 'organization')),
	CONSTRAINT "accounts_status" CHECK ("accounts"."status" in ('active', 'suspended', 'deleting', 'purged')),
	CONSTRAINT "accounts_personal_has_owner" CHECK (("accounts"."kind" = 'personal') = ("accounts"."owner_user_id" is not null)),
	CONSTRAINT "accounts_name_length" CHECK (char_length("accounts"."name") between 1 and 200)
);
--> statement-breakpoint
CREATE TABLE "api_tokens" (
	"id" text PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"account_id" text NOT NULL,
	"user_id" text,
	"service_account_id" text,
	"name" text NOT NULL,
	"prefix" text NOT NULL,
	"last_four" text NOT NULL,
	"hash" "bytea" NOT NULL,
	"key_id" text NOT NULL,
	"scopes" text[] NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_by" text NOT NULL,
	"revoked_at" timestamp with time zone,
	"revoked_by" text,
	"last_used_at" timestamp with time zone,
	CONSTRAINT "api_tokens_hash" UNIQUE("hash"),
	CONSTRAINT "api_tokens_id_form" CHECK ("api_tokens"."id" ~ '^(tok)_[0-9a-hjkmnp-tv-z]{26}$'),
	CONSTRAINT "api_tokens_created_by_form" CHECK ("api_tokens"."created_by" ~ '^(usr|svc)_[0-9a-hjkmnp-tv-z]{26}$'),
	CONSTRAINT "api_tokens_kind" CHECK ("api_tokens"."kind" in ('personal', 'service')),
	CONSTRAINT "api_tokens_one_principal" CHECK (case "api_tokens"."kind" when 'personal' then "api_tokens"."user_id" is not null and "api_tokens"."service_account_id" is null else "api_tokens"."user_id" is null and "api_tokens"."service_account_id" is not null end),
	CONSTRAINT "api_tokens_hash_length" CHECK (octet_length("api_tokens"."hash") = 32),
	CONSTRAINT "api_tokens_last_four_length" CHECK (char_length("api_tokens"."last_four") = 4),
	CONSTRAINT "api_tokens_scopes" CHECK (array_position("api_tokens"."scopes", null) is null),
	CONSTRAINT "api_tokens_revocation" CHECK (("api_tokens"."revoked_at" is null) = ("api_tokens"."revoked_by" is null))
);
--> statement-breakpoint
CREATE TABLE "contents" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"workspace_id" text NOT NULL,
	"app" text NOT NULL,
	"kind" text NOT NULL,
	"external_id" text NOT NULL,
	"title" text,
	"is_private" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_by" text NOT NULL,
	CONSTRAINT "contents_object" UNIQUE("app","kind","external_id"),
	CONSTRAINT "contents_created_by_form" CHECK ("contents"."created_by" ~ '^(usr|svc)_[0-9a-hjkmnp-tv-z]{26}$'),
	CONSTRAINT "contents_id_form" CHECK ("contents"."id" = "contents"."app" || '.' || "contents"."kind" || '/' || "contents"."external_id"),
	CONSTRAINT "contents_app_form" CHECK ("contents"."app" ~ '^[a-z0-9-]+$'),
	CONSTRAINT "contents_kind_form" CHECK ("contents"."kind" ~ '^[a-z0-9_-]+$'),
	CONSTRAINT "contents_external_id_length" CHECK (char_length("contents"."external_id") between 1 and 200)
);
--> statement-breakpoint
CREATE TABLE "incarnation" (
	"is_only" boolean PRIMARY KEY DEFAULT true NOT NULL,
	"id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "incarnation_id_form" CHECK ("incarnation"."id" ~ '^(inc)_[0-9a-hjkmnp-tv-z]{26}$'),
	CONSTRAINT "incarnation_one_row" CHECK ("incarnation"."is_only")
);
--> statement-breakpoint
CREATE TABLE "memberships" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"user_id" text NOT NULL,
	"role" text,
	"facets" text[] DEFAULT '{}' NOT NULL,
	"source" text NOT NULL,
	"source_ref" text,
	"joined_at" timestamp with time zone DEFAULT now() NOT NULL,
	"invited_by" text,
	"removed_at" timestamp with time zone,
	"removed_by" text,
	"removal_reason" text,
	CONSTRAINT "memberships_id_form" CHECK ("memberships"."id" ~ '^(mem)_[0-9a-hjkmnp-tv-z]{26}$'),
	CONSTRAINT "memberships_role" CHECK ("memberships"."role" in ('viewer', 'maintainer', 'owner')),
	CONSTRAINT "memberships_source" CHECK ("memberships"."source" in ('created', 'invited', 'requested', 'domain', 'customer_link', 'sso', 'scim', 'platform')),
	CONSTRAINT "memberships_facets" CHECK ("memberships"."facets" <@ array['org_admin', 'billing_admin', 'user_admin', 'technical'] and array_position("memberships"."facets", null) is null),
	CONSTRAINT "memberships_live_has_right" CHECK ("memberships"."removed_at" is not null or "memberships"."role" is not null or cardinality("memberships"."facets") > 0)
);
--> statement-breakpoint
CREATE TABLE "model_version" (
	"id" text PRIMARY KEY NOT NULL,
	"sha256" text NOT NULL,
	"openfga_model_id" text,
	"model" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "model_version_sha256" UNIQUE("sha256"),
	CONSTRAINT "model_version_id_form" CHECK ("model_version"."id" ~ '^(mdl)_[0-9a-hjkmnp-tv-z]{26}$'),
	CONSTRAINT "model_version_sha256_form" CHECK ("model_version"."sha256" ~ '^[0-9a-f]{64}$')
);
--> statement-breakpoint
CREATE TABLE "service_accounts" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"name" text NOT NULL,
	"role" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_by" text NOT NULL,
	"disabled_at" timestamp with time zone,
	CONSTRAINT "service_accounts_account_id" UNIQUE("account_id","id"),
	CONSTRAINT "service_accounts_account_name" UNIQUE("account_id","name"),
	CONSTRAINT "service_accounts_id_form" CHECK ("service_accounts"."id" ~ '^(svc)_[0-9a-hjkmnp-tv-z]{26}$'),
	CONSTRAINT "service_accounts_created_by_form" CHECK ("service_accounts"."created_by" ~ '^(usr|svc)_[0-9a-hjkmnp-tv-z]{26}$'),
	CONSTRAINT "service_accounts_role" CHECK ("service_accounts"."role" in ('viewer', 'maintainer')),
	CONSTRAINT "service_accounts_name_length" CHECK (char_length("service_accounts"."name") between 1 and 200)
);
--> statement-breakpoint
CREATE TABLE "slugs" (
	"slug" text PRIMARY KEY NOT NULL,
	"holder" text NOT NULL,
	CONSTRAINT "slugs_slug_holder" UNIQUE("slug","holder"),
	CONSTRAINT "slugs_slug_form" CHECK ("slugs"."slug" ~ '^[a-z0-9][a-z0-9-]{0,38}[a-z0-9]$'),
	CONSTRAINT "slugs_holder_form" CHECK ("slugs"."holder" ~ '^(usr|acc)_')
);
--> statement-breakpoint
CREATE TABLE "tuple" (
	"seq" bigserial PRIMARY KEY NOT NULL,
	"object_type" text NOT NULL,
	"object_id" text NOT NULL,
	"relation" text NOT NULL,
	"subject_type" text NOT NULL,
	"subject_id" text NOT NULL,
	"subject_relation" text DEFAULT '' NOT NULL,
	"written_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "tuple_key" UNIQUE("object_type","object_id","relation","subject_type","subject_id","subject_relation"),
	CONSTRAINT "tuple_parts" CHECK ("tuple"."object_type" <> '' and "tuple"."object_id" <> '' and "tuple"."relation" <> '' and "tuple"."subject_type" <> '' and "tuple"."subject_id" <> '')
);
--> statement-breakpoint
CREATE TABLE "user_emails" (
	"user_id" text NOT NULL,
	"address" text NOT NULL,
	"address_norm" text NOT NULL,
	"is_primary" boolean DEFAULT false NOT NULL,
	"verified_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "user_emails_pkey" PRIMARY KEY("user_id","address_norm"),
	CONSTRAINT "user_emails_norm_form" CHECK ("user_emails"."address_norm" ~ '^[^A-Z[:space:]]+@[^A-Z[:space:]@]+$'),
	CONSTRAINT "user_emails_length" CHECK (char_length("user_emails"."address") <= 320 and char_length("user_emails"."address_norm") <= 320)
);
--> statement-breakpoint
CREATE TABLE "user_profiles" (
	"user_id" text PRIMARY KEY NOT NULL,
	"username" text NOT NULL,
	"name" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "user_profiles_username" UNIQUE("username"),
	CONSTRAINT "user_profiles_id_form" CHECK ("user_profiles"."user_id" ~ '^(usr)_[0-9a-hjkmnp-tv-z]{26}$'),
	CONSTRAINT "user_profiles_name_length" CHECK (char_length("user_profiles"."name") between 1 and 200)
);
--> statement-breakpoint
CREATE TABLE "workspaces" (
	"id" text PRIMARY KEY NOT NULL,
	"account_id" text NOT NULL,
	"name" text NOT NULL,
	"is_default" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"created_by" text NOT NULL,
	CONSTRAINT "workspaces_account_id" UNIQUE("account_id","id"),
	CONSTRAINT "workspaces_account_name" UNIQUE("account_id","name"),
	CONSTRAINT "workspaces_id_form" CHECK ("workspaces"."id" ~ '^(wsp)_[0-9a-hjkmnp-tv-z]{26}$'),
	CONSTRAINT "workspaces_created_by_form" CHECK ("workspaces"."created_by" ~ '^(usr|svc)_[0-9a-hjkmnp-tv-z]{26}$'),
	CONSTRAINT "workspaces_name_length" CHECK (char_length("workspaces"."name") between 1 and 200)
);
--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_owner_user_id_user_profiles_user_id_fk" FOREIGN KEY ("owner_user_id") REFERENCES "public"."user_profiles"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "accounts" ADD CONSTRAINT "accounts_slug_holder" FOREIGN KEY ("slug","slug_holder") REFERENCES "public"."slugs"("slug","holder") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_user_id_user_profiles_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user_profiles"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_account_id" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_personal_account" FOREIGN KEY ("account_id","user_id") REFERENCES "public"."accounts"("id","owner_user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_tokens" ADD CONSTRAINT "api_tokens_service_account" FOREIGN KEY ("account_id","service_account_id") REFERENCES "public"."service_accounts"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "contents" ADD CONSTRAINT "contents_workspace" FOREIGN KEY ("account_id","workspace_id") REFERENCES "public"."workspaces"("account_id","id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_user_profiles_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user_profiles"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "service_accounts" ADD CONSTRAINT "service_accounts_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_emails" ADD CONSTRAINT "user_emails_user_id_user_profiles_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user_profiles"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "user_profiles" ADD CONSTRAINT "user_profiles_slug" FOREIGN KEY ("username","user_id") REFERENCES "public"."slugs"("slug","holder") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "workspaces" ADD CONSTRAINT "workspaces_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE UNIQUE INDEX "accounts_one_personal" ON "accounts" USING btree ("owner_user_id") WHERE "accounts"."kind" = 'personal';--> statement-breakpoint
CREATE INDEX "api_tokens_account" ON "api_tokens" USING btree ("account_id","created_at");--> statement-breakpoint
CREATE INDEX "api_tokens_user" ON "api_tokens" USING btree ("user_id") WHERE "api_tokens"."revoked_at" is null;--> statement-breakpoint
CREATE INDEX "contents_account" ON "contents" USING btree ("account_id","app","kind");--> statement-breakpoint
CREATE UNIQUE INDEX "memberships_live" ON "memberships" USING btree ("account_id","user_id") WHERE "memberships"."removed_at" is null;--> statement-breakpoint
CREATE INDEX "memberships_live_of_user" ON "memberships" USING btree ("user_id") WHERE "memberships"."removed_at" is null;--> statement-breakpoint
CREATE INDEX "memberships_live_owners" ON "memberships" USING btree ("account_id") WHERE "memberships"."role" = 'owner' and "memberships"."removed_at" is null;--> statement-breakpoint
CREATE UNIQUE INDEX "user_emails_verified" ON "user_emails" USING btree ("address_norm") WHERE "user_emails"."verified_at" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "user_emails_primary" ON "user_emails" USING btree ("user_id") WHERE "user_emails"."is_primary";--> statement-breakpoint
CREATE UNIQUE INDEX "workspaces_one_default" ON "workspaces" USING btree ("account_id") WHERE "workspaces"."is_default";