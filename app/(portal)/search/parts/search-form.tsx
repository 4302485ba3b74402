import type { ComponentProps } from 'react';
import { reading } from '#app/_server/viewer.ts';
import { searchTexts as texts } from '#app/_texts/search.ts';
import { buttonClass } from '#app/_ui/button.tsx';
import { Field } from '#app/_ui/field.tsx';
import type { SearchView } from '#lib/services/search/results.ts';
import { searchMail } from '../actions.ts';
import { ActionForm } from './action-form.tsx';
import { daysOf } from './days.ts';
import { PlaceFields } from './place-fields.tsx';

/** What to look for; filled with what was looked for. */
export async function SearchForm({
  place,
  search,
}: {
  place: ComponentProps<typeof PlaceFields>;
  search?: SearchView;
}) {
  const filter = search?.filter ?? {};
  const { zone } = await reading();
  const days = daysOf(filter, zone);
  const narrowed = Boolean(
    filter.person || filter.attachment || filter.from || filter.until || filter.goneOnly,
  );
  return (
    <ActionForm action={searchMail} className="max-w-3xl space-y-3">
      <div className="flex flex-wrap items-end gap-3">
        <div className="min-w-0 grow basis-72">
          <Field
            name="words"
            label={texts.words}
            type="search"
            maxLength={500}
            autoComplete="off"
            defaultValue={search?.words}
          />
        </div>
        <button
          type="submit"
          className={buttonClass(search ? 'secondary' : 'primary', 'sm:h-9 max-sm:w-full')}
        >
          {texts.search}
        </button>
      </div>
      <p className="text-xs text-ink-3">{texts.wordsHint}</p>
      <PlaceFields {...place} />
      <details open={narrowed}>
        <summary className="cursor-pointer text-sm text-ink-2">{texts.narrow}</summary>
        <div className="mt-2 grid gap-3 sm:grid-cols-2">
          <Field
            name="person"
            label={texts.person}
            autoComplete="off"
            maxLength={200}
            defaultValue={filter.person}
          />
          <Field
            name="file"
            label={texts.file}
            autoComplete="off"
            maxLength={200}
            defaultValue={filter.attachment}
          />
          <Field name="from" label={texts.from} type="date" defaultValue={days.from} />
          <Field name="until" label={texts.until} type="date" defaultValue={days.until} />
          <label className="flex min-h-row items-center gap-2 text-sm max-sm:min-h-11">
            <input
              type="checkbox"
              name="gone"
              value="yes"
              defaultChecked={filter.goneOnly}
              className="box"
            />
            {texts.gone}
          </label>
          <p className="self-center text-xs text-ink-3">{texts.goneHint}</p>
        </div>
        <p className="mt-2 text-xs text-ink-3">{texts.daysIn(zone.replaceAll('_', ' '))}</p>
      </details>
    </ActionForm>
  );
}
