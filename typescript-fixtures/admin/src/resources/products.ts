/** The product catalogue (PIM). Source: https://segops.ai/docs/api/pim */

import type { ImportInPartsOptions, Imports } from "../call/parts.js";
import { jobFailure, waitUntil } from "../call/waiting.js";
import type {
  ImportConfirmation,
  ProductCreate,
  ProductListParams,
  ProductRow,
  ProductSchemaInput,
  ProductUpdate,
} from "../types/inputs.js";
import type {
  BulkUpsert,
  Facets,
  ImportConfirmed,
  ImportInParts,
  ImportJob,
  ImportUpload,
  Product,
  ProductPage,
  ProductSchema,
  ProductScore,
  Queued,
} from "../types/records.js";
import type { CallOptions, ChangeOptions, Id, WaitOptions } from "../types/shared.js";
import type { FileData } from "../wire/files.js";
import { fillPath } from "../wire/paths.js";
import { checkedObject, checkedRows } from "./arguments.js";
import { Collection } from "./namespace.js";

/** The product catalogue: records, schema, CSV imports, and how readable products are to AI assistants. */
export class Products extends Collection<Product, ProductPage, ProductCreate, ProductUpdate, ProductListParams> {
  /** @internal */
  protected readonly name = "products";
  /** @internal */
  protected readonly path = "/pim/products/";

  /**
   * Creates or updates products by SKU. A row that is refused does not stop the others.
   *
   * @param rows flat rows, each with its `sku`; every key but `sku` and `name` goes into `data`
   * @returns how many were created and updated, and the rows that were refused, with their reasons
   */
  async bulkUpsert(rows: Iterable<ProductRow>, options?: ChangeOptions): Promise<BulkUpsert> {
    return this.calls.mutate(
      "products.bulk_upsert",
      "POST",
      "/pim/products/bulk/",
      { products: checkedRows("rows", rows) },
      options,
    );
  }

  /**
   * Queues the scoring of one product and returns at once.
   *
   * @param id the product's id (not its SKU)
   *
   * Source: https://segops.ai/docs/pim/scoring
   */
  async score(id: Id, options?: ChangeOptions): Promise<Queued> {
    return this.calls.mutate("products.score", "POST", fillPath("/pim/products/{}/score/", id), undefined, options);
  }

  /**
   * Queues the scoring of every product and returns at once.
   *
   * Source: https://segops.ai/docs/pim/scoring
   */
  async scoreAll(options?: ChangeOptions): Promise<Queued> {
    return this.calls.mutate("products.score_all", "POST", "/pim/score-all/", undefined, options);
  }

  /**
   * A product's newest score, 0 to 100, in four dimensions of up to 25, with recommendations.
   *
   * @param id the product's id
   * @throws {SegOpsNotFoundError} the product has never been scored
   *
   * Source: https://segops.ai/docs/pim/scoring
   */
  async getScore(id: Id, options?: CallOptions): Promise<ProductScore> {
    return this.calls.read("products.get_score", fillPath("/pim/products/{}/score/", id), undefined, options);
  }

  /** The distinct values of the catalogue's text and list fields, up to 100 for each. */
  async facets(options?: CallOptions): Promise<Facets> {
    return this.calls.read("products.facets", "/pim/facets/", undefined, options);
  }

  /** The catalogue's schema: its fields, default currency and default locale. */
  async schema(options?: CallOptions): Promise<ProductSchema> {
    return this.calls.read("products.schema", "/pim/schema/", undefined, options);
  }

  /**
   * Replaces the catalogue's schema and returns it.
   *
   * @param body `{ fields: [...], default_currency: "USD", default_locale: "en_US" }`
   */
  async replaceSchema(body: ProductSchemaInput, options?: ChangeOptions): Promise<ProductSchema> {
    return this.calls.mutate("products.replace_schema", "PUT", "/pim/schema/", checkedObject("body", body), options);
  }

  /**
   * Uploads a CSV file of products and returns the mapping that the server proposes.
   *
   * `confirmImport` starts the import.
   *
   * A path or a Blob is sent as it is read: memory does not grow with it. A stream is copied to a temporary file first.
   *
   * The platform takes 100,000 rows and 100 MiB an import: a larger file is refused before it is sent. `importCsvInParts`
   * sends it in parts.
   *
   * @param data CSV in UTF-8 with a header row: bytes, a Blob, a path, or a stream
   * @param filename the name to send; the file's own name unless given, `products.csv` for bytes
   * @throws {SegOpsArgumentError} the file cannot be read, or is too large
   * @throws {SegOpsBadRequestError} the server cannot read it as CSV
   *
   * Source: https://segops.ai/docs/pim/import
   */
  async importCsv(data: FileData, filename?: string, options?: ChangeOptions): Promise<ImportUpload> {
    return this.calls.upload(
      "products.import_csv",
      "/pim/import/csv/",
      { field: "file", data, filename },
      "products.csv",
      options,
      async (file) => (await import("../wire/csv-parts.js")).checkImport(file),
    );
  }

  /**
   * The status of an import.
   *
   * @param jobId the `job_id` that `importCsv` returned
   */
  async importStatus(jobId: Id, options?: CallOptions): Promise<ImportJob> {
    return this.calls.read("products.import_status", fillPath("/pim/import/{}/", jobId), undefined, options);
  }

  /**
   * Confirms an import's mapping and schema, and starts it.
   *
   * @param jobId the import's id
   * @param body `{ mapping: { column: field }, schema: [fields] }`; what is left out is taken from the proposal
   * @throws {SegOpsBadRequestError} no column is mapped to `sku`, or the import is not waiting for this
   *
   * Source: https://segops.ai/docs/pim/import
   */
  async confirmImport(jobId: Id, body: ImportConfirmation, options?: ChangeOptions): Promise<ImportConfirmed> {
    return this.calls.mutate(
      "products.confirm_import",
      "POST",
      fillPath("/pim/import/{}/confirm/", jobId),
      checkedObject("body", body),
      options,
    );
  }

  /**
   * Waits until a confirmed import is done, and returns its last status.
   *
   * @param jobId the import's id
   * @throws {SegOpsJobError} the import failed
   * @throws {SegOpsWaitTimeout} it did not finish in time
   */
  async waitForImport(jobId: Id, options: WaitOptions<ImportJob> = {}): Promise<ImportJob> {
    const { signal } = options;
    const watched = {
      what: `Import ${jobId}`,
      look: (within: number) => this.importStatus(jobId, { signal, within } as CallOptions),
      isDone: (job: ImportJob) => job.status === "done",
      failure: jobFailure,
    };
    return waitUntil(this.calls.runtime, watched, options);
  }

  /**
   * Imports a CSV file of any size in parts, one after the other, and returns the totals.
   *
   * Each part has the header, is uploaded, confirmed with the same mapping, and waited for. Parts are cut between records (RFC
   * 4180), never at a line end inside quotes.
   *
   * Progress is kept in a file beside the CSV, `NAME.segops-import.json`: after a crash or an interruption, the same
   * call resumes where it stopped. It is removed at the end. A CSV that has changed meanwhile is refused. Let one process
   * at a time import a file.
   *
   * @param path the CSV file, in UTF-8 with a header row
   * @param rows how many rows a part has at most; 100,000 unless given. The platform takes those and 100 MiB an import
   * @throws {SegOpsArgumentError} the file cannot be read or cut, or has changed since its import was begun
   * @throws {SegOpsBadRequestError} the server refuses a part; the message says which rows are in it
   * @throws {SegOpsJobError} the import of a part has failed
   * @throws {SegOpsWaitTimeout} a part did not finish in time; the same call resumes waiting for it
   *
   * Source: https://segops.ai/docs/pim/import
   */
  async importCsvInParts(path: string, rows = 100_000, options: ImportInPartsOptions = {}): Promise<ImportInParts> {
    this.calls.checkOpen();
    const { CsvImport } = await import("../call/parts.js");
    const upload: Imports["upload"] = (data, filename, given) =>
      this.calls.upload("products.import_csv", "/pim/import/csv/", { field: "file", data }, filename, given);
    const imports = {
      upload,
      importStatus: this.importStatus.bind(this),
      confirmImport: this.confirmImport.bind(this),
      waitForImport: this.waitForImport.bind(this),
    };
    return new CsvImport(this.calls, imports, path, rows, options).run();
  }
}
