/** The namespaces of the API, one module each. */

export { Activations } from "./activations.js";
export { Analytics } from "./analytics.js";
export { Identity } from "./identity.js";
export { Pages } from "./pages.js";
export { ProductSegments } from "./product-segments.js";
export { Products } from "./products.js";
export { Queries } from "./queries.js";
export { Schemas } from "./schemas.js";
export { Segments } from "./segments.js";
export { Users } from "./users.js";
