// Shows the reference, with the workspace's key filled in: "Try it out" works at once.
const place = document.getElementById("reference");
const ui = SwaggerUIBundle({
  url: "/docs/openapi.json",
  domNode: place,
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  tagsSorter: "alpha",
  validatorUrl: null,
  onComplete: () => {
    if (place.dataset.key) ui.preauthorizeApiKey("ApiKey", `ApiKey ${place.dataset.key}`);
  },
});
