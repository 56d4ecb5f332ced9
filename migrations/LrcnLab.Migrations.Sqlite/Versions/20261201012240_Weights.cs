using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace LrcnLab.Migrations.Sqlite.Versions
{
    /// <inheritdoc />
    public partial class Weights : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "WeightsSha256",
                table: "Runs",
                type: "TEXT",
                maxLength: 64,
                nullable: true);

            migrationBuilder.CreateTable(
                name: "WeightsFiles",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Name = table.Column<string>(type: "TEXT", maxLength: 100, nullable: false),
                    Sha256 = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    Bytes = table.Column<long>(type: "INTEGER", nullable: false),
                    Tensors = table.Column<int>(type: "INTEGER", nullable: false),
                    Parameters = table.Column<long>(type: "INTEGER", nullable: false),
                    Networks = table.Column<string>(type: "TEXT", nullable: false),
                    CreatedAt = table.Column<DateTime>(type: "TEXT", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_WeightsFiles", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Runs_WeightsSha256",
                table: "Runs",
                column: "WeightsSha256");

            migrationBuilder.CreateIndex(
                name: "IX_WeightsFiles_Name",
                table: "WeightsFiles",
                column: "Name",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_WeightsFiles_Sha256",
                table: "WeightsFiles",
                column: "Sha256");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "WeightsFiles");

            migrationBuilder.DropIndex(
                name: "IX_Runs_WeightsSha256",
                table: "Runs");

            migrationBuilder.DropColumn(
                name: "WeightsSha256",
                table: "Runs");
        }
    }
}
