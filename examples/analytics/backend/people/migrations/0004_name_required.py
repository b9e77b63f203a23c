from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("people", "0003_drop_legacy_id")]
    operations = [
        migrations.RunSQL('ALTER TABLE "person" ALTER COLUMN "name" SET NOT NULL', reverse_sql='ALTER TABLE "person" ALTER COLUMN "name" DROP NOT NULL'),
    ]
