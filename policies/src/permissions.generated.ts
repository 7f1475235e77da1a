// Generated from policies/model by `npm run generate -w @gatehouse/policies`; compared in CI. Do not edit.

/** The permissions of each type: the only relations that gateway and API ask. */
export const permissions = {
  platform: [
    'can_create_organization',
    'can_suspend_organization',
    'can_restore_organization',
    'can_impersonate',
    'can_manage_users',
    'can_manage_quotas',
    'can_manage_rates',
    'can_manage_customers',
    'can_read',
  ],
  team: [
    'can_manage',
  ],
  organization: [
    'can_view',
    'can_open_settings',
    'can_edit_profile',
    'can_view_members',
    'can_manage_members',
    'can_grant_owner',
    'can_manage_billing',
    'can_view_reports',
    'can_view_content',
    'can_run',
    'can_create_content',
    'can_edit_content',
    'can_delete_content',
    'can_approve_publication',
    'can_manage_credentials',
    'can_use_credentials',
    'can_manage_tokens',
    'can_create_workspace',
    'can_review_access',
    'can_manage_security',
    'can_view_audit',
    'can_view_customer_data',
    'can_connect_server',
    'can_raise_ticket',
    'can_delete',
    'can_restore',
  ],
  workspace: [
    'can_view',
    'can_create_content',
    'can_edit',
    'can_delete',
    'can_manage_access',
  ],
  provider_credential: [
    'can_manage',
    'can_use',
  ],
  content: [
    'can_view',
    'can_edit',
    'can_submit',
    'can_delete',
    'can_transfer',
    'can_execute',
    'can_manage_access',
  ],
  content_version: [
    'can_view',
    'can_approve',
    'can_approve_four_eyes',
    'can_withdraw',
  ],
} as const;

export type PermissionType = keyof typeof permissions;

/** A permission of one type, or of any. */
export type Permission<T extends PermissionType = PermissionType> = (typeof permissions)[T][number];
