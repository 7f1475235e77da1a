import { eq } from 'drizzle-orm';
import type { Queries } from '@gatehouse/db/client';
import { newId } from '@gatehouse/db/ids';
import { modelVersion } from '@gatehouse/db/schema/model-version';
import type { ModelJson } from '@gatehouse/policies/model/json';
import type { ParsedModels } from '@gatehouse/policies/model/load';

/** Parsed models by digest in `model_version`: a row is added only when the digest is new, and never changed. */
export const modelStore = (db: Queries): ParsedModels => ({
  get: async (digest) => {
    const [row] = await db.select().from(modelVersion).where(eq(modelVersion.sha256, digest));
    return row?.model as ModelJson | undefined;
  },
  set: async (digest, json) => {
    await db
      .insert(modelVersion)
      .values({ id: newId('mdl'), sha256: digest, model: json })
      .onConflictDoNothing();
  },
});
