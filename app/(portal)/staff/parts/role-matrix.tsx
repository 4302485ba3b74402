import { roleTexts, staffTexts } from '#app/_texts/people.ts';
import { memberRoles } from '#db/enums.ts';
import { roleTable, tableRoles } from '#lib/auth/role-table.ts';

/** Who may do what, read from the same table that the verbs ask. */
export function RoleMatrix() {
  const texts = staffTexts.matrix;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard
    <section className="relative overflow-x-auto" tabIndex={0} aria-label={texts.title}>
      <table className="list sm:min-w-180">
        <thead>
          <tr>
            <td className="h-7! border-0! max-sm:sticky max-sm:left-0 max-sm:bg-surface" />
            <th
              scope="colgroup"
              colSpan={memberRoles.length}
              className="h-7! border-0! text-center!"
            >
              {texts.ofStaff}
            </th>
            <th
              scope="colgroup"
              colSpan={tableRoles.length - memberRoles.length}
              className="h-7! border-0! text-center!"
            >
              {texts.ofCustomers}
            </th>
          </tr>
          <tr>
            <th scope="col" className="max-sm:sticky max-sm:left-0 max-sm:bg-surface">
              {texts.act}
            </th>
            {tableRoles.map((role) => (
              <th key={role} scope="col" className="text-center!">
                {roleTexts[role].name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {roleTable().map((row) => (
            <tr key={row.permission}>
              <th
                scope="row"
                className="h-row border-b border-line text-sm! font-normal text-ink! max-sm:sticky max-sm:left-0 max-sm:max-w-36 max-sm:min-w-36 max-sm:bg-surface max-sm:py-1 max-sm:whitespace-normal!"
              >
                {row.act}
              </th>
              {row.allowed.map((yes, index) => (
                <td key={tableRoles[index]} className="text-center">
                  {yes ? (
                    <>
                      <span aria-hidden className="tick mx-auto block size-2.5 bg-ink" />
                      <span className="sr-only">{texts.yes}</span>
                    </>
                  ) : (
                    <span className="text-ink-3">
                      <span aria-hidden>–</span>
                      <span className="sr-only">{texts.no}</span>
                    </span>
                  )}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
