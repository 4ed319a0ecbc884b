import { IMAGES } from "@etrap/proof";
import type { ChangeRecord } from "@etrap/proof";

/** A column that was left out of an image. */
export interface OmittedColumn {
  readonly part: (typeof IMAGES)[number];
  readonly column: string;
  readonly code: string;
}

/** Returns every column that was left out of a record's images. */
export function omittedColumns({ omitted }: ChangeRecord): OmittedColumn[] {
  return IMAGES.flatMap((part) =>
    Object.entries(omitted?.[part] ?? {}).map(([column, code]) => ({ part, column, code })),
  );
}
