import type { ReactElement } from "react";

export interface Price {
  amount: number;
  currency: string;
}

export interface Product {
  sku: string;
  name: string;
  text: string;
  price: Price | null;
  price_text: string;
  url: string | null;
  image: string | null;
  relevance_score: number;
}

export type Block =
  | { type: "hero"; title: string; text: string; is_simulated: boolean }
  | { type: "product_grid"; title: string; products: Product[] }
  | { type: "comparison_table"; title: string; columns: string[]; rows: { sku: string; cells: string[] }[] }
  | { type: "faq"; title: string; items: { question: string; answer: string }[]; is_simulated: boolean };

export interface PageContent {
  title: string;
  description: string;
  style: string;
  blocks: Block[];
  json_ld: string;
}

export interface PageProps {
  /** What is shown; the page as it was exported unless given. */
  content?: PageContent;
  className?: string;
}

export const content: PageContent = __CONTENT__;

function ProductCard({ product }: { product: Product }): ReactElement {
  return (
    <li>
      {product.image !== null && <img src={product.image} alt="" loading="lazy" />}
      <h3 dir="auto">{product.url === null ? product.name : <a href={product.url}>{product.name}</a>}</h3>
      {product.text !== "" && <p dir="auto">{product.text}</p>}
      {product.price_text !== "" && (
        <p>
          <strong>{product.price_text}</strong>
        </p>
      )}
    </li>
  );
}

function Section({ block }: { block: Block }): ReactElement {
  switch (block.type) {
    case "hero":
      return (
        <section>
          <h1 dir="auto">{block.title}</h1>
          <p dir="auto">{block.text}</p>
        </section>
      );
    case "product_grid":
      return (
        <section>
          <h2>{block.title}</h2>
          <ul className="products">
            {block.products.map((product) => (
              <ProductCard key={product.sku} product={product} />
            ))}
          </ul>
        </section>
      );
    case "comparison_table":
      return (
        <section>
          <h2>{block.title}</h2>
          <div className="scroll">
            <table>
              <thead>
                <tr>
                  {block.columns.map((column, index) => (
                    <th key={index} scope="col" dir="auto">
                      {column}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {block.rows.map((row) => (
                  <tr key={row.sku}>
                    {row.cells.map((cell, index) => (
                      <td key={index} dir="auto">
                        {cell}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      );
    case "faq":
      return (
        <section>
          <h2>{block.title}</h2>
          <dl>
            {block.items.map((item, index) => (
              <div key={index}>
                <dt dir="auto">{item.question}</dt>
                <dd dir="auto">{item.answer}</dd>
              </div>
            ))}
          </dl>
        </section>
      );
  }
}

export default function Page({ content: shown = content, className }: PageProps): ReactElement {
  return (
    <main className={className}>
      <style dangerouslySetInnerHTML={{ __html: shown.style }} />
      <script type="application/ld+json" dangerouslySetInnerHTML={{ __html: shown.json_ld }} />
      {shown.blocks.map((block, index) => (
        <Section key={index} block={block} />
      ))}
    </main>
  );
}
