CREATE TABLE "audit_bodies" (
	"account_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"salt" "bytea",
	"before" text,
	"after" text,
	"redacted_at" timestamp with time zone,
	CONSTRAINT "audit_bodies_pkey" PRIMARY KEY("account_id","seq"),
	CONSTRAINT "audit_bodies_redacted_is_empty" CHECK (case when "audit_bodies"."redacted_at" is null then "audit_bodies"."salt" is not null else "audit_bodies"."salt" is null and "audit_bodies"."before" is null and "audit_bodies"."after" is null end)
);
--> statement-breakpoint
CREATE TABLE "audit_events" (
	"account_id" text NOT NULL,
	"seq" bigint NOT NULL,
	"time" timestamp with time zone NOT NULL,
	"actor" text NOT NULL,
	"token_id" text,
	"impersonator" text,
	"action" text NOT NULL,
	"target" text NOT NULL,
	"permission" text,
	"body_digest" "bytea",
	"ip" text,
	"request_id" text,
	"prev_hash" "bytea" NOT NULL,
	"hash" "bytea" NOT NULL,
	CONSTRAINT "audit_events_pkey" PRIMARY KEY("account_id","seq"),
	CONSTRAINT "audit_events_seq" CHECK ("audit_events"."seq" > 0),
	CONSTRAINT "audit_events_action_form" CHECK ("audit_events"."action" ~ '^[a-z_]+[.][a-z_]+$'),
	CONSTRAINT "audit_events_actor_form" CHECK ("audit_events"."actor" ~ '^(user|service_account|system):'),
	CONSTRAINT "audit_events_hash_length" CHECK (length("audit_events"."prev_hash") = 32 and length("audit_events"."hash") = 32),
	CONSTRAINT "audit_events_body_digest_length" CHECK (length("audit_events"."body_digest") = 32)
);
--> statement-breakpoint
CREATE TABLE "jwt_subjects" (
	"issuer" text NOT NULL,
	"subject" text NOT NULL,
	"user_id" text NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "jwt_subjects_pkey" PRIMARY KEY("issuer","subject"),
	CONSTRAINT "jwt_subjects_issuer_form" CHECK (char_length("jwt_subjects"."issuer") <= 500 and "jwt_subjects"."issuer" ~ '^[!-~]+$'),
	CONSTRAINT "jwt_subjects_subject_form" CHECK ("jwt_subjects"."subject" ~ '^[A-Za-z0-9._|@-]{1,128}$')
);
--> statement-breakpoint
CREATE TABLE "usage_events" (
	"idempotency_key" text PRIMARY KEY NOT NULL,
	"time" timestamp with time zone NOT NULL,
	"account_id" text NOT NULL,
	"actor" text NOT NULL,
	"token_id" text,
	"content_id" text,
	"version_id" text,
	"workspace_id" text,
	"metric" text NOT NULL,
	"quantity" bigint NOT NULL,
	"request_id" text NOT NULL,
	CONSTRAINT "usage_events_quantity" CHECK ("usage_events"."quantity" > 0)
);
--> statement-breakpoint
ALTER TABLE "contents" DROP CONSTRAINT "contents_external_id_length";--> statement-breakpoint
ALTER TABLE "audit_bodies" ADD CONSTRAINT "audit_bodies_event" FOREIGN KEY ("account_id","seq") REFERENCES "public"."audit_events"("account_id","seq") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "audit_events" ADD CONSTRAINT "audit_events_account_id_accounts_id_fk" FOREIGN KEY ("account_id") REFERENCES "public"."accounts"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "jwt_subjects" ADD CONSTRAINT "jwt_subjects_user_id_user_profiles_user_id_fk" FOREIGN KEY ("user_id") REFERENCES "public"."user_profiles"("user_id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "audit_events_target" ON "audit_events" USING btree ("account_id","target");--> statement-breakpoint
CREATE INDEX "jwt_subjects_user" ON "jwt_subjects" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "usage_events_account" ON "usage_events" USING btree ("account_id","time");--> statement-breakpoint
CREATE INDEX "usage_events_time" ON "usage_events" USING btree ("time");--> statement-breakpoint
ALTER TABLE "contents" ADD CONSTRAINT "contents_external_id_form" CHECK ("contents"."external_id" ~ '^[A-Za-z0-9._|/-]{1,200}$');--> statement-breakpoint
ALTER TABLE "contents" ADD CONSTRAINT "contents_id_length" CHECK (char_length("contents"."id") <= 248);--> statement-breakpoint
ALTER TABLE "contents" ADD CONSTRAINT "contents_title_length" CHECK (char_length("contents"."title") between 1 and 200);