import { staffTexts } from '#app/_texts/people.ts';

/** All customers, or only these: fields `reach` and `customer` of the form around. */
export function CustomerChoice({
  customers,
  chosen,
  mayAll,
}: {
  customers: { id: string; name: string }[];
  /** Null is all. */
  chosen: readonly string[] | null;
  /** Nobody hands out more than they reach themselves. */
  mayAll: boolean;
}) {
  const texts = staffTexts.form;
  const all = chosen === null && mayAll;
  return (
    <fieldset>
      <legend className="text-sm font-medium">{texts.customers}</legend>
      <div className="mt-1.5 rounded-md border border-line">
        {mayAll ? (
          <label className="flex min-h-11 cursor-pointer items-center gap-3 border-b border-line px-3 text-sm has-checked:bg-selected">
            <input type="radio" name="reach" value="all" defaultChecked={all} className="dot" />
            {texts.all}
          </label>
        ) : null}
        <label className="flex min-h-11 cursor-pointer items-center gap-3 px-3 text-sm has-checked:bg-selected">
          <input type="radio" name="reach" value="some" defaultChecked={!all} className="dot" />
          {texts.some}
        </label>
        <ul className="max-h-72 overflow-y-auto border-t border-line px-3 py-1 empty:hidden">
          {customers.map((customer) => (
            <li key={customer.id}>
              <label className="flex min-h-row cursor-pointer items-center gap-3 pl-7 text-sm max-sm:min-h-11">
                <input
                  type="checkbox"
                  name="customer"
                  value={customer.id}
                  defaultChecked={chosen?.includes(customer.id)}
                  className="box"
                />
                <span className="min-w-0 break-words">{customer.name}</span>
              </label>
            </li>
          ))}
        </ul>
      </div>
    </fieldset>
  );
}
